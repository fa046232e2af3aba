package dev.testudo.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// posix_spawn(3) with GNU extensions. It calls clone(2) on the calling thread, so the program
/// inherits that thread's seccomp filter, capabilities and mount namespace.
///
/// All functions used here return the error number instead of setting `errno`.
final class Spawn {
  private static final MethodHandle POSIX_SPAWN =
      function("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ATTR_INIT = function("posix_spawnattr_init", ADDRESS);
  private static final MethodHandle ATTR_DESTROY = function("posix_spawnattr_destroy", ADDRESS);
  private static final MethodHandle ATTR_FLAGS =
      function("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private static final MethodHandle ATTR_SIGMASK =
      function("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private static final MethodHandle ATTR_SIGDEFAULT =
      function("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT =
      function("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      function("posix_spawn_file_actions_destroy", ADDRESS);
  private static final MethodHandle ACTIONS_CHDIR =
      function("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_OPEN =
      function("posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      function("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);

  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;

  /// Room for `posix_spawnattr_t` (336 bytes), `posix_spawn_file_actions_t` (80) and `sigset_t`
  /// (128) of glibc on 64-bit machines.
  private static final long STRUCT_SIZE = 512;

  private static final long SIGNAL_SET_SIZE = 128;

  private Spawn() {}

  /// Starts `command` and returns its process id.
  static int start(Command command) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      var attributes = arena.allocate(STRUCT_SIZE, 16);
      var actions = arena.allocate(STRUCT_SIZE, 16);
      check("posix_spawnattr_init", (int) ATTR_INIT.invokeExact(attributes));
      check("posix_spawn_file_actions_init", (int) ACTIONS_INIT.invokeExact(actions));
      try {
        setAttributes(arena, attributes, command.signals());
        setActions(arena, actions, command);
        return Signals.ignoring(
            command.signals().ignorable(), () -> spawn(arena, attributes, actions, command));
      } finally {
        var _ = (int) ACTIONS_DESTROY.invokeExact(actions);
        var _ = (int) ATTR_DESTROY.invokeExact(attributes);
      }
    } catch (ErrnoException e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /// Sets the session and the signals. The program gets a session of its own, so a terminal's
  /// Ctrl-C reaches it only once, through this process, and reading from the terminal does not stop
  /// it. Its signals are those of the command, regardless of what the JVM has set up for itself.
  private static void setAttributes(Arena arena, MemorySegment attributes, SignalState signals)
      throws Throwable {
    var blocked = arena.allocate(SIGNAL_SET_SIZE, 8);
    blocked.set(JAVA_LONG, 0, signals.blocked());
    var reset = arena.allocate(SIGNAL_SET_SIZE, 8).fill((byte) 0xff);
    reset.set(JAVA_LONG, 0, ~signals.ignorable());
    check("setsigmask", (int) ATTR_SIGMASK.invokeExact(attributes, blocked));
    check("setsigdefault", (int) ATTR_SIGDEFAULT.invokeExact(attributes, reset));
    var flags = (short) (SETSIGDEF | SETSIGMASK | SETSID);
    check("setflags", (int) ATTR_FLAGS.invokeExact(attributes, flags));
  }

  private static void setActions(Arena arena, MemorySegment actions, Command command)
      throws Throwable {
    if (command.workingDirectory().isPresent()) {
      var directory = arena.allocateFrom(command.workingDirectory().get().toString());
      check("addchdir_np", (int) ACTIONS_CHDIR.invokeExact(actions, directory));
    }
    switch (command.input()) {
      case INHERITED -> {}
      case EMPTY -> {
        var nothing = arena.allocateFrom("/dev/null");
        check("addopen", (int) ACTIONS_OPEN.invokeExact(actions, 0, nothing, Files.O_RDONLY, 0));
      }
    }
    check("addclosefrom_np", (int) ACTIONS_CLOSE_FROM.invokeExact(actions, 3));
  }

  private static int spawn(
      Arena arena, MemorySegment attributes, MemorySegment actions, Command command)
      throws ErrnoException {
    var pid = arena.allocate(JAVA_INT);
    var program = arena.allocateFrom(command.program().toString());
    var argv = new Texts(arena, command.argv());
    var variables = new Texts(arena, assignments(command.environment()));
    try {
      check(
          describe(command),
          (int)
              POSIX_SPAWN.invokeExact(
                  pid, program, actions, attributes, argv.pointers, variables.pointers));
      return pid.get(JAVA_INT, 0);
    } catch (ErrnoException e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError(t);
    } finally {
      argv.wipe();
      variables.wipe();
    }
  }

  private static List<String> assignments(Map<String, String> environment) {
    return environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static String describe(Command command) {
    return command
        .workingDirectory()
        .map(directory -> "start " + command.program() + " in " + directory)
        .orElse("start " + command.program());
  }

  private static void check(String call, int error) throws ErrnoException {
    if (error != 0) {
      throw new ErrnoException(call, error);
    }
  }

  private static MethodHandle function(String name, ValueLayout... arguments) {
    return Native.plainFunction(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /// A NULL-terminated array of C strings. Arguments and variables may be secret.
  private static final class Texts {
    private final MemorySegment pointers;
    private final List<MemorySegment> texts;

    Texts(Arena arena, List<String> values) {
      texts = values.stream().map(v -> arena.allocateFrom(v, StandardCharsets.UTF_8)).toList();
      pointers = arena.allocate(ADDRESS, values.size() + 1L);
      for (var i = 0; i < texts.size(); i++) {
        pointers.setAtIndex(ADDRESS, i, texts.get(i));
      }
    }

    void wipe() {
      texts.forEach(text -> text.fill((byte) 0));
    }
  }
}
