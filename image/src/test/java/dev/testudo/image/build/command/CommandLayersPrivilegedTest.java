package dev.testudo.image.build.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.Tools;
import dev.testudo.image.layer.WrittenLayer;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.oci.ImageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Commands change the files of an image in a sandbox, and what they change becomes a layer.
@Timeout(180)
class CommandLayersPrivilegedTest extends BuildBench {
  @Test
  void whatCommandsAddChangeAndRemoveIsTheLayerAndNothingElse() throws IOException {
    var layer =
        build(
            recipe(
                "echo after >/etc/changed; rm /etc/gone; rm -r /old; touch /etc/kept",
                "mkdir -p /new/deep; echo x >/new/deep/file; ln -s file /new/deep/link",
                "ln /new/deep/file /new/deep/hard; chown 5:6 /new/deep/file; chmod 4711 /new/deep/file",
                "chmod 600 /srv/alias; echo scratch >/tmp/thrown; echo x >/run/thrown"));
    assertEquals(
        Map.ofEntries(
            Map.entry("/etc/changed", "RegularFile 644 0:0"),
            Map.entry("/etc/gone", "Whiteout 644 0:0"),
            Map.entry("/old", "Whiteout 644 0:0"),
            Map.entry("/new", "Directory 755 0:0"),
            Map.entry("/new/deep", "Directory 755 0:0"),
            Map.entry("/new/deep/file", "RegularFile 4711 5:6"),
            Map.entry("/new/deep/hard", "HardLink 4711 5:6"),
            Map.entry("/new/deep/link", "SymbolicLink 777 0:0"),
            Map.entry("/srv/alias", "RegularFile 600 0:0"),
            Map.entry("/srv/linked", "HardLink 600 0:0")),
        entries(layer));
    assertFalse(layer.empty());
    assertNothingIsLeft(directory);
  }

  @Test
  void aDirectoryBecomesAFileAndAFileADirectory() throws IOException {
    var layer = build(recipe("rm -r /old; echo x >/old; rm /etc/gone; mkdir /etc/gone"));
    assertEquals(
        Map.of("/old", "RegularFile 644 0:0", "/etc/gone", "Directory 755 0:0"), entries(layer));
  }

  @Test
  void attributesOfTheBaseAreSeenAndStay() throws IOException {
    var layer =
        build(
            recipe(
                "[ \"$(ls -ln /srv/owned | tr -s ' ' | { read a b u g c; echo $u:$g; })\" = 33:42 ]",
                "echo more >>/srv/owned; ls /srv | cat; [ \"$(cat /srv/gr*)\" = umlaut ]"));
    assertEquals(Map.of("/srv/owned", "RegularFile 600 33:42"), entries(layer));
    var file = index(layer, directory.resolve("again")).entries().getFirst();
    assertEquals(Map.of("user.a", "00ff"), file.attributes().xattrs());
  }

  @Test
  void whatUmociUnpacksIsWhatTheCommandsLeft() throws Exception {
    var layer =
        build(
            recipe(
                "rm -r /old; mkdir /old; echo x >/old/sub; echo y >/etc/changed; ln /etc/kept /etc/k",
                "mv /srv/linked /srv/moved; ln -sf nowhere /etc/gone; rm /etc/outside; rm /bin/nc",
                "(cd / && ls -lnR bin etc old srv; cat /etc/[cku]* /old/sub /srv/[am]*) 2>/dev/null >/list; true"));
    var layout = directory.resolve("image");
    try (var sink = LayoutSink.open(layout)) {
      var all = new ArrayList<WrittenLayer>();
      for (var below : base.layers()) {
        sink.put(below.blob(), () -> below.source().open(below.blob()));
        all.add(new WrittenLayer(below.blob(), below.diffId()));
      }
      layer.copyTo(sink);
      all.add(layer.layer());
      BuildSample.writeImage(sink, all);
    }
    Tools.run(directory, "umoci", "unpack", "--image", "image:" + BuildSample.TAG, "bundle");
    var root = directory.resolve("bundle/rootfs");
    var again =
        Tools.shell(
            root,
            """
            env -i PATH=/bin:/usr/sbin:/usr/bin chroot . /bin/sh -c '
              (cd / && ls -lnR bin etc old srv; cat /etc/[cku]* /old/sub /srv/[am]*) 2>/dev/null'
            """);
    assertEquals(
        withoutTimes(Files.readString(root.resolve("list"), ISO_8859_1)), withoutTimes(again));
  }

  private static List<String> withoutTimes(String list) {
    return list.lines()
        .filter(line -> !line.startsWith("total "))
        .map(line -> line.replaceAll(" [A-Z][a-z]{2} +[0-9]+ +[0-9:]{4,5} ", " "))
        .map(line -> line.replaceAll("[^\\x20-\\x7e]+", "?"))
        .filter(line -> !line.endsWith("hosts") && !line.endsWith("resolv.conf"))
        .toList();
  }

  @Test
  void aCommandThatFailsIsRefusedWithItsOutputAndWithoutALayer() throws IOException {
    var refusal =
        refused(
            recipe("echo first", "echo second; echo third >&2; exit 7", "touch /never"),
            BuildLimits.DEFAULT);
    assertEquals(BuildFault.COMMAND_FAILED, refusal.fault());
    assertEquals(
        "the command 2 of 3 (`echo second; echo third >&2; exit 7`) fails with the exit status 7",
        refusal.getMessage());
    assertEquals(List.of("first", "second", "third"), refusal.output().stream().sorted().toList());
  }

  @Test
  void aProgramThatTheImageLacksIsNamed() throws IOException {
    var recipe =
        new CommandRecipe(
            base,
            List.of(new BuildCommand.Arguments(List.of("pip", "install"))),
            Map.of(),
            "/",
            List.of(),
            true);
    assertEquals(BuildFault.COMMAND_NOT_FOUND, refused(recipe, BuildLimits.DEFAULT).fault());
  }

  @Test
  void commandsSeeTheImageAndNothingOfThisMachine() throws IOException {
    Files.writeString(shared.resolve("secret"), "of the machine");
    var layer =
        build(
            recipe(
                "set -eu; [ \"$FROM_IMAGE$FROM_RECIPE$HOME\" = yesyes/root ]",
                "[ -z \"${JAVA_HOME-}${SSH_AUTH_SOCK-}\" ]; [ ! -e %s ]".formatted(shared),
                "[ \"$(ls -d /proc/[0-9]* | { n=0; while read x; do n=$((n+1)); done; echo $n; })\" -le 5 ]",
                "[ ! -e /sys/kernel ]; [ ! -e /dev/sda ]; [ ! -e /dev/kmsg ]; [ ! -e /var/run/docker.sock ]",
                "! mknod /dev/disk b 8 0; ! mount -t tmpfs none /srv; ! echo 1 >/proc/sys/vm/swappiness",
                "! cat /etc/outside; ! kill -9 %d".formatted(ProcessHandle.current().pid()),
                "mkdir -p /srv/up && cd /srv/up && ! echo x >../../../../../../../outside/x"));
    assertEquals(Map.of("/srv/up", "Directory 755 0:0"), entries(layer));
    assertTrue(ProcessHandle.current().isAlive());
    assertFalse(Files.exists(Path.of("/outside"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void theNetworkIsThatOfTheMachineOrNone() throws Exception {
    var connections = new AtomicInteger();
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> count(server, connections));
      var line = "echo | nc 127.0.0.1 %d".formatted(server.getLocalPort());
      build(recipe(List.of(), false, "! " + line));
      assertEquals(0, connections.get());
      build(recipe(line));
      assertEquals(1, connections.get());
    }
  }

  private static void count(ServerSocket server, AtomicInteger connections) {
    while (!server.isClosed()) {
      try (var _ = server.accept()) {
        connections.incrementAndGet();
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void limitsOfTimeProcessesAndSizeHold() throws IOException {
    var limits = new BuildLimits(Duration.ofSeconds(2), 1 << 20, 30, 0, 5);
    assertEquals(BuildFault.TIME_LIMIT, refused(recipe("sleep 60"), limits).fault());
    var many = "i=0; while [ $i -lt 60 ]; do sleep 20 & i=$((i+1)); done; sleep 20";
    assertEquals(
        BuildFault.TOO_MANY_PROCESSES,
        refused(recipe(many), limits.withTime(Duration.ofSeconds(20))).fault());
    var files = "for f in a b c; do cat /bin/busybox >/$f; done";
    var tooLarge = new BuildLimits(Duration.ofSeconds(20), 3 << 20, 100, 0, 5);
    assertEquals(BuildFault.TOO_LARGE, refused(recipe(files), tooLarge).fault());
  }

  @Test
  void aDiskThatIsAlmostFullEndsTheBuild() throws Exception {
    var disk = Files.createDirectory(directory.resolve("disk"));
    Tools.shell(directory, "mount -t tmpfs -o size=24m none disk");
    try {
      layers = BuildProgram.layers(disk);
      var limits = new BuildLimits(Duration.ofSeconds(60), 1 << 30, 100, 8 << 20, 5);
      var fill = "i=0; while true; do cat /bin/busybox >/$i; i=$((i+1)); sleep 0.1; done";
      var refusal =
          assertThrows(
              BuildException.class,
              () -> layers.build(recipe(fill), BuildAccess.none(), limits, BuildListener.NONE));
      assertEquals(BuildFault.DISK_FULL, refusal.fault());
      assertNothingIsLeft(disk);
    } finally {
      Tools.shell(directory, "umount disk");
    }
  }

  @Test
  void aBaseThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
    build(recipe("true"));
    var damaged = BuildSample.write(directory.resolve("oci"));
    var layer = damaged.layers().getFirst();
    var blob = directory.resolve("oci/blobs/sha256/" + layer.blob().digest().hex());
    Files.write(blob, new byte[(int) Files.size(blob)]);
    var recipe =
        new CommandRecipe(
            damaged, recipe("echo x >/new").commands(), Map.of(), "/", List.of(), true);
    assertThrows(ImageException.class, () -> build(recipe));
    assertNothingIsLeft(directory);
    layer.source().close();
  }

  @Test
  void aNameThatALayerCannotExpressIsRefused() throws IOException {
    assertEquals(
        BuildFault.NOT_EXPRESSIBLE,
        refused(recipe("touch /etc/.wh.kept"), BuildLimits.DEFAULT).fault());
  }

  @Test
  void onlyProxiesAndRegistriesOfTheUserReachTheCommands() throws IOException {
    var mine = Map.of("https_proxy", "http://p", "PIP_INDEX_URL", "http://i", "TOKEN", "t");
    var access = BuildAccess.of(mine);
    assertEquals(
        Map.of("https_proxy", "http://p", "PIP_INDEX_URL", "http://i"), access.environment());
    var recipe =
        recipe("[ \"$https_proxy ${TOKEN-}\" = 'http://p ' ]; cat $SSL_CERT_FILE >/dev/null");
    var certificates = Files.writeString(directory.resolve("authority.pem"), "authority");
    var layer =
        layers.build(
            recipe,
            new BuildAccess(access.environment(), Optional.of(certificates)),
            BuildLimits.DEFAULT,
            BuildListener.NONE);
    assertTrue(layer.empty());
  }
}
