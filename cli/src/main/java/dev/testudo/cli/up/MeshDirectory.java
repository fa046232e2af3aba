package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.files.OwnDirectory;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// What a mesh keeps between runs, and where a running one leaves its traces. What is in it is
/// readable by its owner only.
///
/// ```
/// identity.pem        key and certificate under which sessions are registered
/// users.json          as which users CAS and the services run
/// cas/                the store of CAS
/// images/<service>/   what each service runs
/// run/                of the running mesh: lock, mesh.json, hosts, cas.log, events/
/// ```
public final class MeshDirectory implements AutoCloseable {
  /// Longest path that a Unix socket can have, in bytes, less one for its end.
  private static final int LONGEST_SOCKET = 107;

  private static final OwnDirectory.Kind KIND =
      new OwnDirectory.Kind(
          "a mesh", Set.of("identity.pem"), Set.of("users.json", "run", "tokens", "cas", "images"));

  /// What whoever can replace it becomes us by. CAS looks at its own state.
  private static final List<String> OWN = List.of("identity.pem", "users.json", "tokens", "run");

  private final Path root;
  private final FileChannel lock;
  private final Path sockets;

  private MeshDirectory(Path root, FileChannel lock, Path sockets) {
    this.root = root;
    this.lock = lock;
    this.sockets = sockets;
  }

  /// Opens the state at `root` for one run; makes it if there is none. A directory that was there
  /// before must be this user's, and either empty or the state of a mesh; its mode stays what it
  /// is. What a killed run left behind is removed.
  ///
  /// @throws CommandFailed if another run uses it
  /// @throws IOException if it is another user's or is used for something else
  public static MeshDirectory open(Path root) throws IOException, CommandFailed {
    var absolute = root.toAbsolutePath().normalize();
    OwnDirectory.open(absolute, KIND);
    for (var name : OWN) {
      if (Files.exists(absolute.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        Owned.requireOwn(absolute.resolve(name));
      }
    }
    PrivateFiles.directory(absolute.resolve("run"));
    var lock = lock(absolute);
    try {
      Files.deleteIfExists(absolute.resolve("run/mesh.json"));
      // Of earlier versions; nothing takes these tokens any more.
      PrivateFiles.delete(absolute.resolve("tokens"));
      return new MeshDirectory(absolute, lock, sockets(absolute));
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /// The kernel drops the lock with the process that holds it, however that ends; the pid in the
  /// file is for people.
  private static FileChannel lock(Path root) throws IOException, CommandFailed {
    var file = root.resolve("run/lock");
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!tryLock(channel)) {
      var holder = Files.readString(file).strip();
      channel.close();
      throw CommandFailed.environment(
          "the mesh of %s is up already%s; stop it first, or give this one another --state"
              .formatted(root, holder.isEmpty() ? "" : " (pid " + holder + ")"));
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(UTF_8)), 0);
    return channel;
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static Path sockets(Path root) throws IOException {
    var usual = root.resolve("run/events");
    PrivateFiles.delete(usual);
    PrivateFiles.directory(usual);
    // 24 bytes must be left for `/<service>.sock`; longer names are numbered by who uses this.
    return usual.toString().getBytes(UTF_8).length + 24 <= LONGEST_SOCKET
        ? usual
        : Files.createTempDirectory("testudo-");
  }

  public Path root() {
    return root;
  }

  public Path run() {
    return root.resolve("run");
  }

  /// Where the sockets of this run are; their paths must be short.
  public Path sockets() {
    return sockets;
  }

  /// The folder of a service's image; it need not exist.
  public Path image(String service) {
    return root.resolve("images").resolve(fileName(service));
  }

  public Path casState() {
    return root.resolve("cas");
  }

  /// Makes the state of CAS, with all that is in it, the property of `user`. It is that user's
  /// already when the mesh was up before, or another mesh user's when the mesh had other numbers
  /// then.
  ///
  /// @throws CommandFailed if a process of that other user is alive, who could change what we give
  void giveCasState(int user, UsedIds used) throws IOException, CommandFailed {
    var state = casState();
    if (Files.exists(state, LinkOption.NOFOLLOW_LINKS)) {
      requireNoOther(state, user, used);
    } else {
      PrivateFiles.directory(state);
    }
    PrivateFiles.give(state, user);
  }

  private static void requireNoOther(Path state, int user, UsedIds used)
      throws IOException, CommandFailed {
    var owner = Owned.owner(state);
    if (owner == user || !ServiceUsers.isOne(owner)) {
      Owned.requireOwn(state, user);
      return;
    }
    Owned.requireOwn(state, owner);
    if (used.anyFrom((int) owner, 1)) {
      throw CommandFailed.environment(
          "%s belongs to user %d of an earlier run, and processes of that user are alive; end them"
                  .formatted(state, owner)
              + " (`ps -U %d`), or give another --state".formatted(owner));
    }
  }

  public Path identity() {
    return root.resolve("identity.pem");
  }

  public Path users() {
    return root.resolve("users.json");
  }

  /// Service names are file names, except for what the name of a hidden file or a path could be.
  static String fileName(String service) {
    var name = service.replaceAll("[^A-Za-z0-9_.-]", "_");
    return name.startsWith(".") ? "_" + name.substring(1) : name;
  }

  /// Forgets the run. The lock goes last.
  @Override
  public void close() throws IOException {
    try (lock) {
      Files.deleteIfExists(run().resolve("mesh.json"));
      PrivateFiles.delete(sockets);
    }
  }
}
