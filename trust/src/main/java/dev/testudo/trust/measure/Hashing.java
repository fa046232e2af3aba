package dev.testudo.trust.measure;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/// Hashes many files on a few threads. Files are read in pieces, so the memory it takes does not
/// depend on their sizes.
final class Hashing {
  /// Hashing is bound by the processors, and a service that starts shares them with others.
  private static final int MOST_THREADS = 4;

  private final List<Path> files;
  private final OpenOption[] options;
  private final HashedContent[] hashed;
  private final AtomicInteger next = new AtomicInteger();

  private Hashing(List<Path> files, OpenOption... options) {
    this.files = files;
    this.options = options;
    this.hashed = new HashedContent[files.size()];
  }

  /// Returns what is known of each file, in the order of `files`.
  ///
  /// @throws IOException if a file cannot be read
  static List<HashedContent> of(List<Path> files, OpenOption... options) throws IOException {
    return new Hashing(files, options).run();
  }

  private List<HashedContent> run() throws IOException {
    var threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    var tasks = new ArrayList<FutureTask<Void>>();
    for (var i = 0; i < Math.min(threads, files.size()); i++) {
      var task = new FutureTask<Void>(this::hash);
      Thread.ofPlatform().daemon().name("measure-" + i).start(task);
      tasks.add(task);
    }
    for (var task : tasks) {
      await(task);
    }
    return List.of(hashed);
  }

  /// Waits for a thread that measures.
  static <T> T await(FutureTask<T> helper) throws IOException {
    try {
      return helper.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while measuring", e);
    }
  }

  @SuppressWarnings("NullAway") // the type argument of a task without a result
  private Void hash() throws IOException {
    var reader = new ContentReader();
    for (var i = next.getAndIncrement(); i < hashed.length; i = next.getAndIncrement()) {
      var file = files.get(i);
      try {
        hashed[i] = reader.read(file, options);
      } catch (NoSuchFileException e) {
        throw new IOException("a file that is part of the program does not exist: " + file, e);
      } finally {
        if (hashed[i] == null) {
          next.set(hashed.length); // the other threads have nothing to do either
        }
      }
    }
    return null;
  }
}
