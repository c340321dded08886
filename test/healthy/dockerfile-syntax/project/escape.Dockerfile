# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
WORKDIR C:\app
COPY src\main.sh C:\app\
COPY src/lib C:/app/lib/
RUN powershell -Command `
    Write-Host "hello"
