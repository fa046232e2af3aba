package dev.testudo.it;

import java.util.List;
import java.util.stream.Stream;

/// A server in an image, and how its clients ask it. In commands, `PORT` stands for the port, `CA`
/// for the file with the authority's certificate, and `PLAIN` for a port of loopback at which
/// socat(1) adds TLS for clients that cannot.
///
/// @param packages the Debian packages in the image; none for an image from scratch
/// @param user the user of the confidential image, which its containers have under podman's default
///     profile, and to whom the volume belongs
/// @param restricted the user under the restricted profile
/// @param volume where it writes besides `/tmp`; empty for nowhere
/// @param command the command of the policy
/// @param client a command for sh(1) that asks
/// @param answer a part of what the client prints
record RealImage(
    String name,
    String packages,
    int user,
    int restricted,
    String volume,
    List<String> command,
    String client,
    String answer) {
  private static final int ROOT = 0;
  private static final int ANY = 1000;

  /// The first user that a package creates in an image of Debian. PostgreSQL's initdb wants a user
  /// with a name.
  private static final int OF_PACKAGE = 100;

  private static final int WWW_DATA = 33;
  static final String CURL =
      "curl -sS --max-time 30 --cacert CA --resolve app:PORT:127.0.0.1 https://app:PORT/";

  /// Servers of Debian's packages.
  static Stream<RealImage> ofDebian() {
    return Stream.concat(webServers(), databases());
  }

  private static Stream<RealImage> webServers() {
    return Stream.of(
        web("nginx", WWW_DATA, "Welcome to nginx", "nginx", "-c", "/etc/app/nginx.conf"),
        web("python3", ROOT, "Directory listing", "python3", "-m", "http.server", "PORT"),
        web(
            "default-jre-headless",
            ROOT,
            "hello from java",
            "java",
            "-cp",
            "/app",
            "Server",
            "PORT"),
        web(
            "nodejs",
            ROOT,
            "hello from node",
            "node",
            "-e",
            "require('http').createServer((_, out) => out.end('hello from node')).listen(PORT)"));
  }

  private static RealImage web(String packages, int user, String answer, String... command) {
    return new RealImage(packages, packages, user, ANY, "", List.of(command), CURL, answer);
  }

  private static Stream<RealImage> databases() {
    return Stream.of(
        new RealImage(
            "redis",
            "redis-server",
            ROOT,
            ANY,
            "/data",
            List.of("redis-server", "--port", "PORT", "--dir", "/data"),
            "for word in 'set key value' save; do"
                + " redis-cli --tls --cacert CA --sni app -p PORT $word; done",
            "OK\nOK\n"),
        new RealImage(
            "memcached",
            "memcached",
            OF_PACKAGE,
            ANY,
            "",
            List.of("memcached", "-p", "PORT"),
            "memcping --servers=127.0.0.1:PLAIN && echo answers",
            "answers\n"),
        new RealImage(
            "postgresql",
            "postgresql",
            OF_PACKAGE,
            OF_PACKAGE,
            "/var/lib/postgresql/data",
            shell(
                "cd /usr/lib/postgresql/15/bin",
                "./initdb -D /var/lib/postgresql/data/new -A trust -U app >/dev/null",
                "exec ./postgres -D /var/lib/postgresql/data/new -p PORT"
                    + " -c unix_socket_directories="),
            "psql -h 127.0.0.1 -p PLAIN -U app -Atc 'select 40 + 2' postgres",
            "42\n"),
        new RealImage(
            "mariadb",
            "mariadb-server",
            OF_PACKAGE,
            ANY,
            "/var/lib/mysql",
            shell(
                "mariadb-install-db --no-defaults --datadir=/var/lib/mysql --skip-test-db"
                    + " --auth-root-authentication-method=normal >/dev/null",
                "exec mariadbd --no-defaults --datadir=/var/lib/mysql --port=PORT"
                    + " --socket=/tmp/socket"),
            "mariadb --no-defaults -h 127.0.0.1 -P PLAIN -u root -Ne 'select 40 + 2'",
            "42\n"));
  }

  private static List<String> shell(String... lines) {
    return List.of("sh", "-ec", String.join("; ", lines));
  }

  /// Servers in images that have nothing else.
  static Stream<RealImage> fromScratch() {
    return Stream.of("go", "musl")
        .map(
            name ->
                new RealImage(
                    name,
                    "",
                    ROOT,
                    ANY,
                    "",
                    List.of("/server", "PORT"),
                    CURL,
                    "hello from " + name));
  }

  @Override
  public String toString() {
    return name;
  }
}
