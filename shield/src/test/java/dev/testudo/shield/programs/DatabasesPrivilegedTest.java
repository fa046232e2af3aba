package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Unmodified databases with their own clients.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DatabasesPrivilegedTest {
  private static final int ROWS = 10_000_000;

  @Runs(
      program = "PostgreSQL, psql, pgbench",
      what =
          "a process per connection, over TCP and over its Unix socket (unprotected): pgbench with 8"
              + " clients and consistent sums; COPY of 10 MB out, in and out again")
  @ParameterizedTest
  @EnumSource
  void postgres(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var postgres = new Postgres(story.folder(), port);
      var socket = postgres.socket();
      var server = story.program().serving(port).servingPlainly(socket);
      server.starts(postgres.server()).says("ready to accept connections");
      var tcp = new Postgres.Client(() -> story.program().reaching(port), postgres.overTcp());
      var unix =
          new Postgres.Client(() -> story.program().reachingPlainly(socket), postgres.overUnix());
      tcp.shell("pgbench -i -q");
      tcp.bench();
      unix.bench();
      assertEquals("t|320", tcp.query(Postgres.SUMS));
      var rows = story.folder().resolve("rows");
      Files.writeString(rows, Content.lines(ROWS));
      tcp.fill(rows);
      assertEquals(Content.sha256(rows), tcp.checksum());
      assertEquals(Content.sha256(rows), unix.checksum());
      story.carriedSoFar(2 * ROWS);
    }
  }

  @Runs(
      program = "PostgreSQL, psql, pgbench over a Unix socket",
      what =
          "pgbench with 8 clients and consistent sums, and COPY of 10 MB in and out, over the Unix"
              + " socket only, with TLS between the two shields")
  @ParameterizedTest
  @EnumSource
  void postgresOverItsUnixSocket(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var postgres = new Postgres(story.folder(), port);
      var server = story.program().serving(port).serving(postgres.socket());
      server.starts(postgres.server()).says("ready to accept connections");
      var client =
          new Postgres.Client(
              () -> story.program().reaching(postgres.socket()), postgres.overUnix());
      client.shell("pgbench -i -q");
      client.bench();
      assertEquals("t|160", client.query(Postgres.SUMS));
      var rows = story.folder().resolve("rows");
      Files.writeString(rows, Content.lines(ROWS));
      client.fill(rows);
      assertEquals(Content.sha256(rows), client.checksum());
      story.carriedSoFar(2 * ROWS);
    }
  }

  @Runs(
      program = "MariaDB",
      what =
          "a thread per connection, over TCP and over its Unix socket: 8 concurrent clients that"
              + " increment the same row; 10 MB in over TCP and out over both")
  @ParameterizedTest
  @EnumSource
  void mariaDb(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      int port = story.port();
      var maria = new MariaDb(story.folder(), port);
      var server = story.program().serving(port).serving(maria.socket());
      server.starts(maria.server()).says("ready for connections");
      Supplier<Actor> tcp = () -> story.program().reaching(port);
      Supplier<Actor> unix = () -> story.program().reaching(maria.socket());
      var rows = story.folder().resolve("rows");
      Files.writeString(rows, Content.lines(ROWS));
      var make = story.folder().resolve("make.sql");
      Files.writeString(make, mariaTables(rows));
      tcp.get().runs("sh", "-c", maria.overTcp() + " < " + make);
      count(tcp, maria.overTcp());
      count(unix, maria.overUnix());
      var sum = "%s -e \"select n from story.counts\"".formatted(maria.overUnix());
      assertEquals("320", unix.get().runs("sh", "-c", sum).strip());
      var out = " -q -e \"select line from story.texts order by place\" | sha256sum";
      for (var said :
          new String[] {
            tcp.get().runs("sh", "-c", maria.overTcp() + out),
            unix.get().runs("sh", "-c", maria.overUnix() + out)
          }) {
        assertEquals(Content.sha256(rows), said.split(" ", 2)[0]);
      }
      story.carriedSoFar(3 * ROWS);
    }
  }

  private static String mariaTables(Path rows) {
    return """
        create database story;
        use story;
        create table counts (n int);
        insert into counts values (0);
        create table texts (place int auto_increment primary key, line text);
        load data local infile '%s' into table texts (line);
        """
        .formatted(rows);
  }

  /// Eight concurrent clients add 1 twenty times each.
  private static void count(Supplier<Actor> client, String how) throws Exception {
    var add = "update story.counts set n = n + 1;".repeat(20);
    var each = "%s -e \"%s\" || touch failed & ".formatted(how, add);
    client.get().runs("sh", "-c", "rm -f failed; " + each.repeat(8) + "wait; test ! -e failed");
  }
}
