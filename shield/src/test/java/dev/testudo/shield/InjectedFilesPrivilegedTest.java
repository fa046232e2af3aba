package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real programs use files that exist only in the shield.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class InjectedFilesPrivilegedTest {
  private static final String CONTENT = "injected content\n";

  @TempDir Path directory;
  private Path folder;
  private RealShield shield;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(directory.toRealPath().resolve("folder"));
    Files.createDirectory(folder.resolve("sub"));
    Files.createDirectory(folder.resolve("there"));
    Files.writeString(folder.resolve("other.conf"), "other content\n");
    Files.writeString(folder.resolve("oth.conf"), "other content\n");
    Files.writeString(folder.resolve("there/app.conf"), "other content\n");
    Files.createSymbolicLink(folder.resolve("alias.conf"), Path.of("app.conf"));
    Files.createSymbolicLink(folder.resolve("alias"), Path.of("."));
    Files.createSymbolicLink(folder.resolve("alias-of-proc"), Path.of("/proc"));
    shield = new RealShield(directory, Map.of("", "unprotected"));
  }

  private ShownFile file(String name, int mode, String content) {
    return new ShownFile(
        folder.resolve(name).toString(), mode, Optional.empty(), Secret.ofText(content));
  }

  private void inject(ShownFile... more) {
    var files = new ArrayList<>(List.of(more));
    files.add(file("app.conf", 0440, CONTENT));
    shield.shield.inject(files);
  }

  private void injectFolders() {
    inject(
        file("shown/deep/x.conf", 0400, "deep content\n"),
        file("shown/module.py", 0444, "VALUE = 42\n"),
        file("shown/script.sh", 0555, "#!/bin/sh\necho script \"$@\"\n"));
  }

  private String sh(String script) throws IOException {
    try (var running = shield) {
      return start(running, script).succeeds();
    }
  }

  private Program start(RealShield shield, String script) throws IOException {
    var file = directory.resolve("script");
    Files.writeString(file, script.replace("$FOLDER", folder.toString()));
    return shield.start(List.of("/bin/sh", file.toString()));
  }

  private String compile(String source) throws IOException, InterruptedException {
    var binary = directory.resolve(source.replace(".c", "")).toString();
    var file = Path.of("src/test/resources/programs", source).toAbsolutePath().toString();
    var gcc =
        new ProcessBuilder("gcc", "-O1", "-static", "-pthread", "-o", binary, file).inheritIO();
    assertEquals(0, gcc.start().waitFor());
    return binary;
  }

  @Test
  void aStaticProgramSeesFilesAndFoldersThatAreNotThere() throws Exception {
    injectFolders();
    try (var _ = shield) {
      shield.start(List.of(compile("injected.c"), folder.toString())).succeeds();
    }
    assertFalse(Files.exists(folder.resolve("app.conf")));
    assertFalse(Files.exists(folder.resolve("shown")));
    assertEquals("other content\n", Files.readString(folder.resolve("other.conf")));
  }

  @Test
  void anEmptyFileMayMarkThePlace() throws Exception {
    Files.createFile(folder.resolve("app.conf"));
    injectFolders();
    try (var _ = shield) {
      shield.start(List.of(compile("injected.c"), folder.toString())).succeeds();
    }
    assertEquals(0, Files.size(folder.resolve("app.conf")));
  }

  @Test
  void pythonReadsImportsListsAndExecutes() throws Exception {
    injectFolders();
    try (var _ = shield) {
      assertEquals("ok\n", shield.python("injected.py", folder).succeeds());
    }
  }

  @Test
  void shellsReadAndExecuteScripts() throws Exception {
    injectFolders();
    assertEquals(
        """
        script a
        script b
        injected content
        injected content
        refused
        shown
        """,
        sh(
            """
            $FOLDER/shown/script.sh a
            bash -c '. $FOLDER/shown/script.sh b'
            cat $FOLDER/app.conf
            cd $FOLDER && cat < app.conf
            $FOLDER/app.conf 2>/dev/null || echo refused
            [ -d shown ] && [ -r shown/deep/x.conf ] && echo shown
            """));
  }

  @Test
  void otherRuntimesAndToolsTakeThemForFiles() throws Exception {
    injectFolders();
    assertEquals(
        """
        17 true
        [ 'deep', 'module.py', 'script.sh' ]
        injected content
        shown/deep/x.conf
        same
        """,
        sh(
            """
            cd $FOLDER
            node -e "const f = require('fs'), n = '$FOLDER/app.conf';
              console.log(f.readFileSync(n).length, f.realpathSync.native('alias/alias.conf') == n);
              console.log(f.readdirSync('shown'))"
            perl -e 'open F, "<", "app.conf" or die; print <F>'
            tar cf - shown/deep/x.conf | tar tf -
            cp app.conf sub/copy && cmp app.conf sub/copy && echo same
            """));
  }

  @Test
  void listingsShowInjectedNamesOnce() throws Exception {
    injectFolders();
    var listed =
        sh(
            """
            ls -la $FOLDER | grep -c " app.conf$"
            find $FOLDER -name app.conf -o -name x.conf -o -name script.sh | sort
            stat -c '%a %s' $FOLDER/app.conf
            ls $FOLDER/shown $FOLDER/shown/deep
            """);
    assertEquals(
        """
        2
        %1$s/app.conf
        %1$s/shown/deep/x.conf
        %1$s/shown/script.sh
        %1$s/there/app.conf
        440 17
        %1$s/shown:
        deep
        module.py
        script.sh

        %1$s/shown/deep:
        x.conf
        """
            .formatted(folder),
        listed);
  }

  @Test
  void nginxAndRedisReadTheirConfiguration() throws Exception {
    int port = Ports.unused();
    inject(
        file("redis.conf", 0400, "port " + port + "\nbind 127.0.0.1\nsave \"\"\n"),
        file("nginx/nginx.conf", 0400, "events {}\nhttp { include parts/*.conf; }\n"),
        file("nginx/parts/log.conf", 0400, "access_log off;\n"));
    try (var _ = shield) {
      var script =
          "nginx -t -c $FOLDER/nginx/nginx.conf -g \"pid $FOLDER/sub/pid;\" -e $FOLDER/sub/log"
              + " && exec redis-server $FOLDER/redis.conf --dir $FOLDER/sub";
      var program = start(shield, script);
      Eventually.holds(() -> answers(port), program::text);
    }
  }

  private static boolean answers(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("PING\r\n".getBytes(UTF_8));
      return new String(socket.getInputStream().readNBytes(5), UTF_8).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRacingThreadFindsNothingBeneath() throws Exception {
    inject();
    try (var _ = shield) {
      shield.start(List.of(compile("injected_race.c"), folder.toString(), "1000")).succeeds();
    }
  }

  @Test
  void laterOpensGetTheNewContentAndOpenDescriptorsKeepTheOld() throws Exception {
    inject();
    try (var _ = shield) {
      var script =
          """
          exec 3< $FOLDER/app.conf
          echo ready
          while [ "$(cat $FOLDER/app.conf)" != new ]; do sleep 0.05; done
          cat <&3
          stat -c %a $FOLDER/app.conf
          """;
      var program = start(shield, script);
      program.says("ready");
      shield.shield.replace(file("app.conf", 0444, "new\n"));
      assertEquals("ready\n" + CONTENT + "444\n", program.succeeds());
    }
  }

  @Test
  void aFileThatOthersPutThereLaterStaysHidden() throws Exception {
    inject();
    try (var _ = shield) {
      var script =
          """
          echo ready
          while [ ! -e $FOLDER/sub/done ]; do sleep 0.05; done
          cat $FOLDER/app.conf $FOLDER/alias.conf
          ls $FOLDER | grep -c "^app"
          """;
      var program = start(shield, script);
      program.says("ready");
      Files.writeString(folder.resolve("app.conf"), "from outside\n");
      Files.createFile(folder.resolve("sub/done"));
      assertEquals("ready\n" + CONTENT + CONTENT + "1\n", program.succeeds());
    }
  }

  @Test
  void aLinkOnThePathIsFollowedAsAMountWouldFollowIt() throws Exception {
    shield.shield.inject(List.of(file("alias.conf", 0444, CONTENT)));
    assertEquals(CONTENT + CONTENT, sh("cat $FOLDER/alias.conf $FOLDER/app.conf"));
  }

  @Test
  void aFileBeneathKeepsTheProgramFromStarting() throws Exception {
    var mark = directory.resolve("ran");
    shield.shield.inject(List.of(file("other.conf", 0444, CONTENT)));
    try (var _ = shield) {
      var refused =
          assertThrows(
              IOException.class, () -> shield.start(List.of("/usr/bin/touch", mark.toString())));
      assertEquals(
          "cannot inject %1$s: the file system has something at `%1$s` already; remove it from the"
                  .formatted(folder.resolve("other.conf"))
              + " image or the volume, or leave an empty file there",
          refused.getMessage());
    }
    assertFalse(Files.exists(mark));
  }

  @Test
  void aFileInTheFolderOfAnotherIsAMistake() throws Exception {
    inject(file("app.conf/below", 0444, CONTENT));
    try (var _ = shield) {
      assertThrows(IOException.class, () -> shield.start(List.of("/bin/true")));
    }
  }

  @Test
  void theStandInFoldersAreGoneAfterwards() throws Exception {
    injectFolders();
    sh("ls $FOLDER/shown");
    try (var left = Files.newDirectoryStream(Path.of("/dev/shm"), ".injected-*")) {
      assertTrue(!left.iterator().hasNext());
    }
  }
}
