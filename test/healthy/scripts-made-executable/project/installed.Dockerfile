FROM python:3.12-slim
COPY run.py /tmp/run.py
RUN install -m 0755 /tmp/run.py /usr/local/bin/run-it && rm /tmp/run.py
ENTRYPOINT ["run-it"]
