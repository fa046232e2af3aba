package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.linux.process.Command;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Parsed;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A shield with its program in a Java process of its own, so that its cost can be measured.
final class ShieldProcess implements AutoCloseable {
  /// The heap is allocated and touched at the start, so any growth of the process is outside
  /// the heap.
  private static final List<String> JAVA =
      List.of(
          "-Xms256m",
          "-Xmx256m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final BufferedReader answers;

  /// What the shield's process holds after a garbage collection.
  ///
  /// @param heap bytes in use on the Java heap
  /// @param resident resident bytes of the process, with the whole heap
  record Use(long heap, long resident, int descriptors, int connections) {
    static Use parse(String line) {
      var words = line.split(" ");
      return new Use(
          Long.parseLong(words[0]),
          Long.parseLong(words[1]),
          Integer.parseInt(words[2]),
          Integer.parseInt(words[3]));
    }
  }

  ShieldProcess(Map<String, String> variables, Path output, String program) throws IOException {
    this(List.of(), variables, output, program);
  }

  /// Starts a shield with a limit of descriptors.
  ///
  /// @param errors the file for its reports of shortages
  static ShieldProcess withDescriptors(
      int descriptors, Path errors, Map<String, String> variables, Path output, String program)
      throws IOException {
    var limit = List.of("/bin/sh", "-c", "ulimit -n %d; exec \"$@\"".formatted(descriptors), "sh");
    var to = ProcessBuilder.Redirect.to(errors.toFile());
    return new ShieldProcess(limit, List.of(), to, variables, output, program);
  }

  /// @param options further options for the JVM
  /// @param output the file for the program's output
  ShieldProcess(List<String> options, Map<String, String> variables, Path output, String program)
      throws IOException {
    this(List.of(), options, ProcessBuilder.Redirect.INHERIT, variables, output, program);
  }

  private ShieldProcess(
      List<String> starter,
      List<String> options,
      ProcessBuilder.Redirect errors,
      Map<String, String> variables,
      Path output,
      String program)
      throws IOException {
    // The JVM raises the limit of descriptors to the hard limit.
    var command = new ArrayList<>(starter);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JAVA);
    command.addAll(options);
    // The directory of BoringSSL.
    command.add("-Djava.library.path=" + System.getProperty("java.library.path", ""));
    command.addAll(List.of("-cp", classPath(), ShieldProcess.class.getName()));
    command.addAll(List.of(output.toString(), program));
    var builder = new ProcessBuilder(command).redirectError(errors);
    builder.environment().put("SCONE_NETWORK_SHIELD", "protected");
    variables.forEach((name, value) -> builder.environment().put(name(name), value));
    process = builder.start();
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    read();
  }

  private static String name(String suffix) {
    return "SCONE_NETWORK_SHIELD_" + suffix;
  }

  private static String classPath() {
    var modules = System.getProperty("jdk.module.path", "");
    var classes = System.getProperty("java.class.path", "");
    return String.join(File.pathSeparator, "target/test-classes", modules, classes);
  }

  Use measure() throws IOException {
    return Use.parse(ask("measure"));
  }

  /// Takes all free descriptors until [#release].
  void exhaust() throws IOException {
    ask("exhaust");
  }

  void release() throws IOException {
    ask("release");
  }

  private String ask(String what) throws IOException {
    process.getOutputStream().write((what + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
    return read();
  }

  /// Returns the CPU time of the process so far.
  long cpuMillis() {
    return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
  }

  private String read() throws IOException {
    var line = answers.readLine();
    if (line == null) {
      throw new IOException("the shield's process has ended");
    }
    return line;
  }

  /// Reads commands from standard input: `measure`, `exhaust`, `release`. Ends at the end of input.
  public static void main(String[] args) throws Exception {
    loadClasses();
    var rules = ((Parsed.Valid<?>) ShieldVariables.read(System.getenv())).value();
    var made =
        Shield.of(
            (ShieldRules) rules,
            new LocalNetwork.Host(),
            ShieldProcess::tell,
            InstantSource.system());
    if (!(made instanceof Parsed.Valid<Shield>(var shield, _))) {
      throw new IllegalStateException(made.diagnostics().toString());
    }
    var shell = "exec " + args[1] + " > '" + args[0] + "' 2>&1";
    var child =
        shield.launch(
            () -> {},
            new Command(
                Path.of("/bin/sh"),
                List.of("sh", "-c", shell),
                Map.of("PATH", "/usr/bin:/bin"),
                Optional.empty(),
                Command.Input.EMPTY));
    System.out.println("ready");
    var input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    var taken = new ArrayList<Fd>();
    for (var line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(
          switch (line) {
            case "exhaust" -> takeAll(taken);
            case "release" -> giveBack(taken);
            default -> use(shield);
          });
    }
    child.signal(Program.KILL);
    shield.close();
    System.exit(0);
  }

  /// Loads all classes from directories. Loading a class from a directory takes a descriptor;
  /// loading it from a jar, as in production, does not.
  private static void loadClasses() throws IOException, ClassNotFoundException {
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      var root = Path.of(entry);
      if (Files.isDirectory(root) && !root.endsWith("test-classes")) {
        try (var files = Files.walk(root)) {
          for (var file : files.map(root::relativize).map(Path::toString).toList()) {
            if (file.endsWith(".class") && !file.endsWith("-info.class")) {
              var name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
              Class.forName(name, false, ShieldProcess.class.getClassLoader());
            }
          }
        }
      }
    }
  }

  private static void tell(ShieldEvent event) {
    if (event instanceof ShieldEvent.Shortage) {
      System.err.println(event);
    }
  }

  private static String takeAll(List<Fd> taken) throws ErrnoException {
    var first = dev.testudo.linux.sys.Files.open("/dev/null", dev.testudo.linux.sys.Files.O_PATH);
    taken.add(first);
    try {
      while (true) {
        taken.add(first.duplicate());
      }
    } catch (ErrnoException e) {
      return "exhausted";
    }
  }

  private static String giveBack(List<Fd> taken) {
    taken.forEach(Fd::close);
    taken.clear();
    return "released";
  }

  private static String use(Shield shield) throws IOException {
    System.gc();
    System.gc();
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    long pages = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]);
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      // One of them belongs to the listing itself.
      return "%d %d %d %d"
          .formatted(heap, pages * 4096, descriptors.count() - 1, shield.connections().size());
    }
  }

  /// Kills the shield but not its program, like the kernel's OOM killer.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
