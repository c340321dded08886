# syntax=docker/dockerfile:1
FROM debian:trixie-slim
ADD https://github.com/krallin/tini/releases/download/v0.19.0/tini /tini
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d --chmod=644 https://mirrors.edge.kernel.org/pub/linux/kernel/Historic/linux-0.01.tar.gz /
ADD https://github.com/moby/buildkit.git#v0.14.1:docs /buildkit-docs
ADD --keep-git-dir=true git@github.com:user/repo.git /repo
ADD src.tar.gz /unpacked/
RUN chmod +x /tini
ENTRYPOINT ["/tini", "--"]
CMD ["sleep", "infinity"]
