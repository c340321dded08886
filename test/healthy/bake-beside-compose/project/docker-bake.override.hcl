target "app" { cache-to = ["type=inline"] }
