package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.linux.process.Command;
import dev.testudo.linux.sys.Architecture;
import dev.testudo.shield.filter.ShieldFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LaunchTest {
  @TempDir private Path work;

  private Command touch(Path file) {
    return new Command(
        Path.of("/bin/touch"),
        List.of("touch", file.toString()),
        Map.of(),
        Optional.empty(),
        Command.Input.EMPTY);
  }

  /// A thread in the program's view may be unable to load a class, for example.
  @Test
  void anErrorOfThePreparationReachesTheCallerAndTheProgramDoesNotStart() {
    var file = work.resolve("file");
    var error = new NoClassDefFoundError("a class that is not in the view");
    ThreadPreparation fails =
        () -> {
          throw error;
        };
    var options = new ShieldFilter.Options(false, false, false, false, false);
    var filter = ShieldFilter.build(Architecture.current(), options);
    Launch.Serving never =
        (_, _) -> {
          throw new AssertionError("there is nothing to serve");
        };
    assertSame(
        error,
        assertThrows(
            NoClassDefFoundError.class, () -> Launch.shielded(fails, filter, never, touch(file))));
    assertSame(
        error,
        assertThrows(NoClassDefFoundError.class, () -> Launch.unshielded(fails, touch(file))));
    assertFalse(Files.exists(file));
  }
}
