package dev.testudo.image.build.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.tar.TarException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A directory with the root of an image on disk, and the programs that run in it or on it. It is
/// removed by [#remove], and also if this process is killed. Not thread-safe.
public final class Sandbox {
  private static final long TOOL_MINUTES = 30;

  private final Path directory;

  /// The first part of the names of containers, which are unique on a machine where the runtime
  /// makes control groups of them.
  private final String name;

  private final IdMapping ids;
  private final ContainerRuntime runtime;
  private final ToolRoot tools;
  private final String tar;
  private final Cleaner cleaner;
  private int count;

  /// Where sandboxes are made.
  ///
  /// @param user the name of the user of this process
  /// @param path the directories in which `crun`, `runc` and `tar` are looked for, as in `PATH`
  public record Machine(String user, String path) {}

  private Sandbox(
      Path directory,
      IdMapping ids,
      ContainerRuntime runtime,
      ToolRoot tools,
      String tar,
      Cleaner cleaner) {
    this.directory = directory;
    this.name = directory.getFileName() + "-" + runtime.name();
    this.ids = ids;
    this.runtime = runtime;
    this.tools = tools;
    this.tar = tar;
    this.cleaner = cleaner;
  }

  /// Makes a sandbox.
  ///
  /// @param directory a directory that does not exist and whose name was never used before, in one
  ///     that belongs to this user only
  /// @throws SandboxException if this machine has no runtime that works, or no `tar`
  public static Sandbox open(Path directory, Machine machine) throws IOException {
    var runtimes = ContainerRuntime.find(machine.path());
    if (runtimes.isEmpty()) {
      throw new SandboxException(
          SandboxFault.NO_RUNTIME,
          "commands of a build run in a container, but this machine has neither `crun` nor `runc`;"
              + " install the package crun or runc");
    }
    var tar =
        Programs.find(machine.path(), "tar")
            .orElseThrow(
                () ->
                    new SandboxException(
                        SandboxFault.NO_RUNTIME,
                        "commands of a build need GNU tar, which this machine does not have;"
                            + " install the package tar"));
    var ids = IdMapping.ofThisUser(machine.user(), machine.path());
    Files.createDirectory(directory);
    for (var part : List.of("tree", "tree/root", "state", "bundles", "tools", "files")) {
      Files.createDirectory(directory.resolve(part));
    }
    var tools = new ToolRoot(directory.resolve("tools"), directory.resolve("tree"));
    return chosen(directory, ids, runtimes, tools, tar.toString());
  }

  /// Removes what a sandbox has left whose process was killed together with its cleaner.
  public static void remove(Path directory, Machine machine) throws IOException {
    var runtimes = ContainerRuntime.find(machine.path());
    if (!runtimes.isEmpty() && Files.exists(directory)) {
      Cleaner.start(directory, directory.resolve("bundles/clean"), runtimes.getFirst()).clean();
    }
  }

  /// Returns a sandbox of the first runtime that works here.
  private static Sandbox chosen(
      Path directory, IdMapping ids, List<ContainerRuntime> runtimes, ToolRoot tools, String tar)
      throws IOException {
    var problems = new ArrayList<String>();
    bundle(directory, "clean", tools.program(removal()), ids);
    for (var runtime : runtimes) {
      var cleaner = Cleaner.start(directory, directory.resolve("bundles/clean"), runtime);
      var sandbox = new Sandbox(directory, ids, runtime, tools, tar, cleaner);
      var problem = sandbox.problem();
      if (problem.isEmpty()) {
        return sandbox;
      }
      problems.add("%s: %s".formatted(runtime.name(), problem.get()));
      if (runtime.equals(runtimes.getLast())) {
        cleaner.clean();
      } else {
        cleaner.forget();
      }
    }
    throw new SandboxException(
        SandboxFault.NO_SANDBOX,
        ("a container for the commands of the build cannot be made here (%s); permit this user to"
                + " make namespaces, or build on another machine")
            .formatted(String.join("; ", problems)));
  }

  private static List<String> removal() {
    return List.of("/bin/sh", "-c", "rm -rf -- " + ToolRoot.TREE + "/*");
  }

  private static Path bundle(Path directory, String name, SandboxProgram program, IdMapping ids)
      throws IOException {
    var bundle = Files.createDirectory(directory.resolve("bundles").resolve(name));
    Files.write(bundle.resolve("config.json"), RuntimeConfig.write(program, ids));
    return bundle;
  }

  /// Returns why the runtime does not work; empty if it does.
  private Optional<String> problem() throws IOException {
    var version = new ByteArrayOutputStream();
    try {
      tool(List.of(tar, "--version"), _ -> {}, out -> out.transferTo(version));
    } catch (SandboxException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    return version.toString(UTF_8).startsWith("tar (GNU tar)")
        ? Optional.empty()
        : Optional.of(tar + " is not GNU tar");
  }

  /// Returns which users the programs in the sandbox have.
  public IdMapping ids() {
    return ids;
  }

  /// Returns a directory for files of this process that programs may see.
  public Path files() {
    return directory.resolve("files");
  }

  /// Returns the directory that contains [#root], of which tools see everything.
  public Path tree() {
    return directory.resolve("tree");
  }

  /// Returns the root directory of the image. Its files may belong to other users.
  public Path root() {
    return directory.resolve("tree/root");
  }

  /// Receives or sends what a tool reads or writes.
  ///
  /// @param <T> the stream
  @FunctionalInterface
  public interface Transfer<T> {
    /// Uses the stream, which is closed afterwards.
    void use(T stream) throws IOException;
  }

  /// Unpacks an archive into the root.
  ///
  /// @param archive writes the archive
  public void unpack(Transfer<OutputStream> archive) throws IOException {
    var command = new ArrayList<>(List.of(tar, "-x", "-f", "-", "-C", ToolRoot.TREE + "/root"));
    command.addAll(ATTRIBUTES);
    command.addAll(List.of("--same-owner", "--same-permissions"));
    tool(command, archive, InputStream::readAllBytes);
  }

  private static final List<String> ATTRIBUTES =
      List.of(
          "--numeric-owner",
          "--absolute-names",
          "--xattrs",
          "--xattrs-include=user.*",
          "--xattrs-include=security.capability");

  /// Packs the whole root.
  ///
  /// @param archive reads the archive
  public void pack(Transfer<InputStream> archive) throws IOException {
    pack(List.of("."), archive);
  }

  /// Packs files of the root.
  ///
  /// @param names a file with their names, each relative to the root, with a NUL at its end; it is
  ///     in [#tree]
  /// @param archive reads the archive
  public void pack(Path names, Transfer<InputStream> archive) throws IOException {
    var list = ToolRoot.TREE + "/" + names.getFileName();
    pack(List.of("--no-recursion", "--null", "--verbatim-files-from", "-T", list), archive);
  }

  private void pack(List<String> what, Transfer<InputStream> archive) throws IOException {
    var command = new ArrayList<>(List.of(tar, "-c", "-f", "-", "-C", ToolRoot.TREE + "/root"));
    command.addAll(ATTRIBUTES);
    command.addAll(List.of("--format=posix", "--warning=no-file-ignored"));
    command.addAll(what);
    tool(command, _ -> {}, archive);
  }

  private void tool(
      List<String> arguments, Transfer<OutputStream> input, Transfer<InputStream> output)
      throws IOException {
    var started = start(tools.program(arguments), false);
    var errors = new ErrorText(started.process().getErrorStream());
    Thread.ofPlatform().daemon().name("build-tool-timer").start(() -> guard(started));
    var in = new ToolInput(started.process().getOutputStream());
    var broken = Optional.<IOException>empty();
    try (in;
        var out = started.process().getInputStream()) {
      input.use(in);
      in.close();
      output.use(out);
    } catch (IOException e) {
      kill(started);
      broken = Optional.of(e);
    }
    var exit = waitFor(started);
    var byTool = in.isBroken() || broken.filter(TarException.class::isInstance).isPresent();
    if (broken.isPresent() && !byTool) {
      throw broken.get();
    }
    if (exit != 0 || broken.isPresent()) {
      throw failed(arguments.getFirst(), exit, errors.text());
    }
  }

  /// Ends a tool that does not end.
  private void guard(Started started) {
    try {
      if (!started.process().waitFor(TOOL_MINUTES, TimeUnit.MINUTES)) {
        kill(started);
      }
    } catch (IOException | InterruptedException e) {
      started.process().destroyForcibly();
    }
  }

  private static SandboxException failed(String program, int exit, String errors) {
    return errors.contains("No space left on device")
        ? new SandboxException(SandboxFault.DISK_FULL, "the disk is full")
        : new SandboxException(
            SandboxFault.TOOL_FAILED,
            "%s fails with the exit status %d: %s".formatted(program, exit, errors));
  }

  /// Starts a program. Its standard input is empty.
  public Started start(SandboxProgram program) throws IOException {
    return start(program, true);
  }

  private Started start(SandboxProgram program, boolean joined) throws IOException {
    var id = "%s-%d".formatted(name, ++count);
    var bundle = bundle(directory, id, program, ids);
    var log = bundle.resolve("log");
    var call =
        runtime.call(
            directory.resolve("state"),
            "--log",
            log.toString(),
            "--log-format",
            "json",
            "run",
            "--bundle",
            bundle.toString(),
            id);
    var builder = new ProcessBuilder(call);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.directory(bundle.toFile());
    if (joined) {
      builder.redirectErrorStream(true).redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    }
    return new Started(id, builder.start(), log);
  }

  /// A program that runs.
  ///
  /// @param id the name of its container
  /// @param process the runtime, which ends when the program has ended, with its exit status
  /// @param log what the runtime has to say
  public record Started(String id, Process process, Path log) {
    /// Returns what has kept the runtime from starting the program.
    ///
    /// @return empty if the program has been started
    public Optional<String> problem() throws IOException {
      if (!Files.exists(log)) {
        return Optional.empty();
      }
      return RuntimeLog.error(Files.readAllBytes(log));
    }
  }

  /// Ends a program and everything that it has started.
  public void kill(Started started) throws IOException {
    var builder =
        new ProcessBuilder(
            runtime.call(directory.resolve("state"), "delete", "--force", started.id()));
    builder.environment().clear();
    builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
    var killing = builder.start();
    try {
      if (!killing.waitFor(1, TimeUnit.MINUTES)) {
        killing.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    started.process().destroyForcibly();
  }

  private int waitFor(Started started) throws IOException {
    try {
      if (!started.process().waitFor(TOOL_MINUTES, TimeUnit.MINUTES)) {
        kill(started);
      }
      return started.process().waitFor();
    } catch (InterruptedException e) {
      kill(started);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /// Ends everything, and removes all files.
  ///
  /// @return false if something is left
  public boolean remove() {
    return cleaner.clean();
  }
}
