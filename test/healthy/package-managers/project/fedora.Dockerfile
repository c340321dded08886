FROM registry.fedoraproject.org/fedora:41
RUN dnf install -y httpd && dnf clean all
FROM rockylinux:9
RUN yum -y update
