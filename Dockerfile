# The environment is built with the same hashed lock as `make run`, then only it and the code are kept.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/meet
COPY requirements.txt .
RUN /opt/meet/bin/pip install --quiet --require-hashes -r requirements.txt

FROM python:3.12-slim-bookworm
ENV PATH=/opt/meet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    MEET_DATA_DIR=/data
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin meet \
    && install -d -o meet -g meet -m 0700 /data
COPY --from=build /opt/meet /opt/meet
WORKDIR /app
COPY . .
RUN python -m compileall -q .
USER meet
VOLUME /data
EXPOSE 8000 3479/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s \
    CMD ["python", "-m", "meet.health"]
CMD ["python", "manage.py", "serve"]
