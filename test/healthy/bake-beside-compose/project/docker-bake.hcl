variable "TAG" { default = "dev" }
group "default" { targets = ["base", "app"] }
target "base" { context = "docker/base" tags = ["example/base:${TAG}"] }
target "app" {
  context = "."
  contexts = { base-image = "target:base" }
}
