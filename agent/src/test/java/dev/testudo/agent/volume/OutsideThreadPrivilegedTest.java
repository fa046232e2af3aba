package dev.testudo.agent.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.linux.mount.Mounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OutsideThreadPrivilegedTest {
  private static String namespace() throws Exception {
    return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/mnt")).toString();
  }

  private static String inNewThread() throws Exception {
    var task = new FutureTask<>(OutsideThreadPrivilegedTest::namespace);
    Thread.ofPlatform().start(task);
    return task.get();
  }

  /// As the threads that serve a volume are started by the thread that has the program's view.
  @Test
  void threadsThatItStartsAreNotInTheNamespaceOfTheCaller() throws Exception {
    var outer = namespace();
    try (var outside = new OutsideThread()) {
      var inner =
          new FutureTask<>(
              () -> {
                Mounts.unshare();
                assertNotEquals(outer, namespace());
                assertEquals(outer, outside.call(OutsideThreadPrivilegedTest::namespace));
                return outside.call(OutsideThreadPrivilegedTest::inNewThread);
              });
      Thread.ofPlatform().start(inner);
      assertEquals(outer, inner.get());
    }
  }
}
