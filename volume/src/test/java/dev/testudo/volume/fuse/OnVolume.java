package dev.testudo.volume.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.fuse.FuseEnd;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.store.VolumeStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A volume in a real mount that only programs of its own mount namespace see, which ends with this
/// object. Programs are started through [#said] and the like.
final class OnVolume implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final Path top;
  final FileSystem files;
  final List<String> failures = new CopyOnWriteArrayList<>();
  private final Namespace namespace = new Namespace();
  private final ServedVolume volume;

  /// Mounts the file system in `store`.
  OnVolume(Path folder, VolumeStore store, Visibility visibility) throws Exception {
    top = Files.createDirectories(folder.resolve("volume"));
    files = FileSystem.open(store, InstantSource.system(), new FileOwner(0, 0));
    var options =
        new VolumeMountOptions(
            "test", 3, VolumeMountOptions.LARGEST_TRANSFER, visibility, InstantSource.system());
    volume = namespace.call(() -> ServedVolume.mount(files, top, options, new Failures()));
  }

  OnVolume(Path folder, VolumeStore store) throws Exception {
    this(folder, store, new Visibility.Private());
  }

  private final class Failures implements VolumeEvents {
    @Override
    public void failed(String what) {
      failures.add(what);
    }

    @Override
    public void ended(FuseEnd end) {}
  }

  /// Starts a program that sees the volume.
  Process start(Path directory, List<String> words, Path output) throws Exception {
    return namespace.call(
        () -> {
          var builder = new ProcessBuilder(words).directory(directory.toFile());
          builder.environment().putAll(Map.of("LC_ALL", "C", "HOME", top.toString()));
          return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        });
  }

  /// Runs a program in the volume and returns what it says. It must end with 0.
  String said(List<String> words) throws Exception {
    return said(top, words);
  }

  private String said(Path directory, List<String> words) throws Exception {
    var output = Files.createTempFile("said", "");
    try {
      var process = start(directory, words, output);
      var ended = process.waitFor(300, TimeUnit.SECONDS);
      process.destroyForcibly();
      var said = Files.readString(output);
      assertTrue(ended, said);
      assertEquals(0, process.exitValue(), said);
      return said.strip();
    } finally {
      Files.delete(output);
    }
  }

  String sh(String script, String... arguments) throws Exception {
    var words = new ArrayList<>(List.of("sh", "-ec", script, "sh"));
    words.addAll(List.of(arguments));
    return said(words);
  }

  /// Runs a Python program that begins with `import os, sys, errno`.
  String python(String script, String... arguments) throws Exception {
    var words =
        new ArrayList<>(List.of("/usr/bin/python3", "-c", "import os, sys, errno\n" + script));
    words.addAll(List.of(arguments));
    return said(words);
  }

  /// As [#python], with the root as its directory and the volume as its argument.
  String pythonOutside(String script) throws Exception {
    var all = "import os, sys, errno\n" + script;
    return said(Path.of("/"), List.of("/usr/bin/python3", "-c", all, top.toString()));
  }

  /// Unmounts, and closes the file system and its store.
  @Override
  public void close() throws IOException {
    try {
      var end = namespace.call(() -> volume.unmount(top, PATIENCE));
      assertEquals(Optional.of(new FuseEnd.Unmounted()), end);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      namespace.close();
    }
    files.close();
    assertEquals(List.of(), failures);
  }
}
