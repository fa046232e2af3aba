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

/// A shield with its program in a Java process of its own, so that what it costs can be measured.
final class ShieldProcess implements AutoCloseable {
  /// The heap is there, and touched, from the beginning: what the process grows by afterwards lies
  /// outside of it.
  private static final List<String> JAVA =
      List.of(
          "-Xms256m",
          "-Xmx256m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final BufferedReader answers;

  /// What the shield's process holds at one moment, with the garbage collected.
  ///
  /// @param heap bytes in use in the Java heap
  /// @param resident bytes of the process in memory, the whole heap included
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

  /// A shield that may have so many descriptors.
  ///
  /// @param errors where what it tells of its shortages goes
  static ShieldProcess withDescriptors(
      int descriptors, Path errors, Map<String, String> variables, Path output, String program)
      throws IOException {
    var limit = List.of("/bin/sh", "-c", "ulimit -n %d; exec \"$@\"".formatted(descriptors), "sh");
    var to = ProcessBuilder.Redirect.to(errors.toFile());
    return new ShieldProcess(limit, List.of(), to, variables, output, program);
  }

  /// @param options more for the JVM
  /// @param output where the program's output goes
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
    // Java raises the limit of descriptors to the highest allowed.
    var command = new ArrayList<>(starter);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JAVA);
    command.addAll(options);
    // Where BoringSSL is.
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

  /// From now on, until [#release], no descriptor is left.
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

  /// What the process has computed so far.
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

  /// Standard input: `measure`, `exhaust`, `release`; its end ends everything.
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

  /// Loads what lies in directories: from there each class takes a descriptor when it is first
  /// used, from the jars that are shipped none does.
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
      // One of them is the listing's own.
      return "%d %d %d %d"
          .formatted(heap, pages * 4096, descriptors.count() - 1, shield.connections().size());
    }
  }

  /// Ends the shield, not its program, as the kernel does that runs out of memory.
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
