/** Generated workspaces for the measurements: many small compose projects, each healthy, each a little different. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes `count` compose files below a directory, each with a Dockerfile, sources and an environment file.
 *
 * @returns the compose files
 */
export function writeWorkspace(directory, count) {
  const written = [];
  for (let number = 0; number < count; number++) {
    const root = count === 1 ? directory : path.join(directory, nameOf(number));
    written.push(path.join(root, 'compose.yaml'));
    mkdirSync(path.join(root, 'api'), { recursive: true });
    for (const [file, text] of Object.entries(filesOf(number))) writeFileSync(path.join(root, file), text);
  }
  return written;
}

/** A tree of three levels, as a monorepo has one: not ten thousand names in one directory. */
function nameOf(number) {
  const digits = String(number).padStart(5, '0');
  return `area-${digits.slice(0, 2)}/team-${digits.slice(2, 4)}/shop-${digits}`;
}

function filesOf(number) {
  return {
    'compose.yaml': `# The shop ${number}
x-defaults: &defaults
  restart: unless-stopped
  logging: {driver: json-file, options: {max-size: "10m"}}

services:
  api:
    <<: *defaults
    build:
      context: ./api
      args:
        REVISION: \${REVISION:-${number}}
    image: example/shop-${number}-api:\${TAG:-latest}
    env_file: api.env
    depends_on:
      db:
        condition: service_healthy
    ports:
      - "127.0.0.1:\${PORT:-8080}:8080"
    volumes:
      - ./api:/srv:ro
  worker:
    <<: *defaults
    image: example/shop-${number}-api:\${TAG:-latest}
    command: ["python", "worker.py"]
    depends_on: [api]
  db:
    <<: *defaults
    image: postgres:17.2
    environment:
      POSTGRES_PASSWORD: \${DB_PASSWORD:-development}
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]
      interval: 5s
    volumes:
      - data:/var/lib/postgresql/data
  web:
    <<: *defaults
    image: nginx:1.27.3
    networks: [default, front]
volumes:
  data:
networks:
  front:
`,
    'api.env': `SHOP=${number}\nLOG_LEVEL=info\n`,
    'api/Dockerfile': `FROM python:3.13.1-slim AS base
ARG REVISION
WORKDIR /srv
COPY requirements.txt ./
RUN pip install -r requirements.txt

FROM base
COPY main.py worker.py ./
CMD ["python", "main.py"]
`,
    'api/requirements.txt': '',
    'api/main.py': `print(${number})\n`,
    'api/worker.py': `print(${number})\n`,
  };
}
