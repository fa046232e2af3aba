package dev.testudo.image.build.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.tar.FileAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A layer that commands have made is made once.
@Timeout(180)
class KeptLayersPrivilegedTest extends BuildBench {
  @Test
  void aKeptLayerNeedsNoRuntimeAndRunsNothing() throws IOException {
    var log = new ArrayList<String>();
    var recipe = recipe("echo x >/new");
    var first = build(recipe);
    var listener = new Recording(log);
    layers =
        new CommandLayers(
            new CommandLayers.Place(
                directory.resolve("commands"),
                CommandLayers.MAX_BYTES,
                "nobody",
                "/nonexistent",
                new LayerIndexCache(directory, 0, InstantSource.system()),
                InstantSource.system()));
    var second = layers.build(recipe, BuildAccess.none(), BuildLimits.DEFAULT, listener);
    assertEquals(first.layer(), second.layer());
    assertFalse(first.cached());
    assertTrue(second.cached());
    assertEquals(List.of(), log);
  }

  private record Recording(List<String> log) implements BuildListener {
    @Override
    public void step(String what) {
      log.add(what);
    }

    @Override
    public void started(int number, int count, BuildCommand command) {
      log.add(command.shown());
    }

    @Override
    public void output(String line) {
      log.add(line);
    }

    @Override
    public void note(String what) {
      log.add(what);
    }
  }

  @Test
  void inputsAreSeenAndAreOnlyInTheLayerIfChanged() throws IOException {
    var plain = FileAttributes.of(0644);
    var inputs =
        List.of(
            BuildSample.file("/build/read", "input", plain),
            BuildSample.file("/build/written", "input", plain),
            BuildSample.file("/etc/changed", "input", plain));
    var recipe =
        recipe(inputs, true, "cat /build/read /etc/changed >/new; echo x >>/build/written");
    assertEquals(
        Map.of(
            "/new", "RegularFile 644 0:0",
            "/build", "Directory 755 0:0",
            "/build/written", "RegularFile 644 0:0"),
        entries(build(recipe)));
    assertTrue(layers.kept(recipe).isPresent());
    var other = List.of(BuildSample.file("/build/read", "other", plain));
    assertTrue(layers.kept(recipe(other, true, "true")).isEmpty());
  }

  @Test
  void aDamagedLayerIsBuiltAgain() throws IOException {
    var recipe = recipe("echo x >/new");
    var blob = build(recipe).layer().blob();
    var file = directory.resolve("commands/layers/blobs/sha256/" + blob.digest().hex());
    Files.write(file, new byte[(int) blob.size()]);
    assertTrue(layers.kept(recipe).isEmpty());
    var again = build(recipe);
    assertFalse(again.cached());
    assertEquals(blob, again.layer().blob());
    assertTrue(layers.kept(recipe).isPresent());
  }

  @Test
  void theLongestUnusedLayerGoes() throws IOException {
    layers =
        new CommandLayers(
            new CommandLayers.Place(
                directory.resolve("commands"),
                1000,
                "root",
                "/usr/bin:/usr/sbin",
                new LayerIndexCache(directory.resolve("i"), 1 << 24, InstantSource.system()),
                InstantSource.system()));
    var large =
        "i=0; while [ $i -lt 200 ]; do cat /proc/sys/kernel/random/uuid; i=$((i+1)); done >/a";
    build(recipe(large));
    assertTrue(layers.kept(recipe(large)).isPresent());
    build(recipe("echo x >/b"));
    assertTrue(layers.kept(recipe(large)).isEmpty());
    assertTrue(layers.kept(recipe("echo x >/b")).isPresent());
  }

  @Test
  void ofTwoThatWantTheSameLayerOneBuilds() throws Exception {
    var built = new ArrayList<Boolean>();
    var both = new CountDownLatch(2);
    var recipe = recipe("sleep 1; echo x >/new");
    for (var i = 0; i < 2; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  var cached = build(recipe).cached();
                  synchronized (built) {
                    built.add(cached);
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                } finally {
                  both.countDown();
                }
              });
    }
    assertTrue(both.await(60, TimeUnit.SECONDS));
    assertEquals(List.of(false, true), built);
  }
}
