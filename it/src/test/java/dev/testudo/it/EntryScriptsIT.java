package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.tar.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Images whose containers start as root, prepare their folders and become another user, as redis,
/// postgres, mariadb and nginx of Docker Hub do. The confidential image works with the user to
/// which they would change. Runs as root.
@Timeout(900)
class EntryScriptsIT {
  private static final Path SCRIPTS = Path.of("src/test/resources/entry-scripts").toAbsolutePath();

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;

  /// An image with such a script.
  enum Original {
    REDIS("redis", 999, "/data", "redis-server"),
    POSTGRES("postgres", 70, "/var/lib/postgresql/data", "server"),
    MARIADB("mysql", 999, "/var/lib/mysql", "server"),
    NGINX("nginx", 101, "/var/cache/nginx", "server");

    private final String user;
    private final int uid;
    private final String data;
    private final String server;

    Original(String user, int uid, String data, String server) {
      this.user = user;
      this.uid = uid;
      this.data = data;
      this.server = server;
    }

    String tag() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean hasVolume() {
      return this != NGINX;
    }

    /// The image as it is without Testudo.
    void write() throws IOException {
      var script = Files.readAllBytes(SCRIPTS.resolve(tag() + ".sh"));
      var files =
          ImageFiles.ofBusybox("sh", "id", "find", "chown", "stat", "touch", "mkdir", "chmod")
              .program("/usr/bin/setpriv")
              .file("/docker-entrypoint.sh", script, 0755)
              .file("/bin/" + server, Files.readAllBytes(SCRIPTS.resolve("server.sh")), 0755)
              .text("/etc/passwd", "root:x:0:0::/:\n%s:x:%d:%d::/:\n".formatted(user, uid, uid))
              .text("/etc/group", "root:x:0:\n%s:x:%d:\n".formatted(user, uid))
              .directory("/etc/nginx/conf.d", 0755)
              .directory(data, 0755, Owner.of(uid, uid));
      var variables =
          List.of("PATH=/bin:/usr/bin", "DATA=" + data, "DATADIR=" + data, "PGDATA=" + data);
      workshop.layout().image(tag(), files, container(variables));
    }

    private ContainerConfig container(List<String> variables) {
      return new ContainerConfig(
          List.of("/docker-entrypoint.sh"),
          List.of(server),
          variables,
          "",
          data,
          Set.of(),
          hasVolume() ? Set.of(data) : Set.of(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Map.of());
    }
  }

  @BeforeAll
  static void start() throws IOException {
    workshop = ContainerWorkshop.in(shared);
    for (var original : Original.values()) {
      original.write();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    workshop.close();
  }

  /// Makes the image confidential and registers the session that this gives.
  private static Command sconify(Original original, String name, String... more)
      throws IOException {
    var words = new ArrayList<>(workshop.sconify(name, original.tag(), name, more));
    words.add("--no-sbom");
    var made = Command.run(Map.of(), words);
    assertEquals(0, made.exit(), made.all());
    workshop.cas().register(Files.readString(workshop.session(name)));
    return made;
  }

  private static Podman.Ended run(String name, int user, List<String> options)
      throws IOException, InterruptedException {
    return workshop.run(name + "/" + name, user, options, name);
  }

  private static Path dataOf(int user) throws IOException {
    var data = Files.createTempDirectory(shared, "data");
    Files.setAttribute(data, "unix:uid", user);
    return data;
  }

  @ParameterizedTest
  @EnumSource
  void theServerRunsAsTheUserThatWasChosen(Original original) throws Exception {
    var made = sconify(original, original.tag() + "-user", "--user", original.user);
    assertFalse(made.err().contains("starts as root"), made.err());
    var data = dataOf(original.uid);
    var volume = List.of("-v", data + ":" + original.data);
    var ended =
        run(original.tag() + "-user", original.uid, original.hasVolume() ? volume : List.of());
    assertEquals(0, ended.exit(), ended.said());
    var serves = "serves as %1$d:%1$d\n".formatted(original.uid);
    assertTrue(ended.out().endsWith(serves), ended.said());
    assertEquals(original.hasVolume(), Files.exists(data.resolve("written")));
  }

  @Test
  void theImageNamesTheUserByNumber() throws Exception {
    sconify(Original.REDIS, "numbers", "--user", "redis");
    var inspected = Command.run("skopeo", "inspect", "--config", workshop.place("numbers"));
    var config = new ObjectMapper().readTree(inspected.out());
    assertEquals("999:999", config.at("/config/User").asText(), inspected.all());
  }

  @Test
  void asRootTheServerDoesNotStartAndBothTheCommandAndTheAgentSayWhy() throws Exception {
    var made = sconify(Original.REDIS, "root");
    assertTrue(
        made.err().contains("`--user redis` probably fits, because /data belongs to it"),
        made.err());
    var ended = run("root", 0, List.of("-v", dataOf(999) + ":/data"));
    assertNotEquals(0, ended.exit());
    assertFalse(ended.said().contains("serves as"), ended.said());
    assertTrue(ended.said().contains("choose the user with `sconify --user`"), ended.said());
  }
}
