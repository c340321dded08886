FROM python:3.12-slim
WORKDIR /app
COPY scripts/tool.py .
CMD ["python", "tool.py"]
