package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Configurations of nginx for stories. Everything that it writes is in the story's directory.
final class Nginx {
  private final Path folder;

  /// Creates the directory `site`, which servers serve and store into.
  Nginx(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("site/stored"));
  }

  /// Returns the command of a server of the site.
  Object[] server(int port) throws IOException {
    var server =
        """
        server {
          listen 127.0.0.1:%d reuseport;
          root %s/site;
          location /stored { dav_methods PUT; create_full_put_path on; }
        }
        """
            .formatted(port, folder);
    return command(port, server);
  }

  /// Returns the command of a proxy at `port` for the server at `behind`.
  Object[] proxy(int port, int behind) throws IOException {
    var proxy =
        """
        upstream behind { server 127.0.0.1:%2$d; keepalive 16; }
        server {
          listen 127.0.0.1:%1$d reuseport;
          location / {
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
          }
        }
        """
            .formatted(port, behind);
    return command(port, proxy);
  }

  private Object[] command(int port, String servers) throws IOException {
    var configuration =
        """
        user root;
        daemon off;
        worker_processes 3;
        pid %1$s/%2$d.pid;
        error_log stderr warn;
        events { worker_connections 512; use epoll; multi_accept on; }
        http {
          access_log off;
          client_body_temp_path %1$s/%2$d-body;
          proxy_temp_path %1$s/%2$d-proxy;
          fastcgi_temp_path %1$s/%2$d-fastcgi;
          uwsgi_temp_path %1$s/%2$d-uwsgi;
          scgi_temp_path %1$s/%2$d-scgi;
          client_max_body_size 100m;
          sendfile on;
          tcp_nopush on;
          %3$s
        }
        """
            .formatted(folder, port, servers);
    var file = Files.writeString(folder.resolve(port + ".conf"), configuration);
    return new Object[] {"nginx", "-e", "stderr", "-p", folder, "-c", file};
  }
}
