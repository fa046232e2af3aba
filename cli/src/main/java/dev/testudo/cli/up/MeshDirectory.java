package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.files.FileLocks;
import dev.testudo.trust.files.OwnDirectory;
import dev.testudo.trust.files.Owned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// The state directory of a mesh: what is kept between runs, and the files of the current run. Only
/// its owner can read them.
///
/// ```
/// identity.pem        key and certificate used to register sessions
/// users.json          the user ids of CAS and the services
/// cas/                the store of CAS
/// images/<service>/   the image of each service
/// volumes/            the encrypted files of volumes, by session and name
/// run/                the current run: lock, mesh.json, hosts, cas.log, events/
/// ```
public final class MeshDirectory implements AutoCloseable {
  /// The longest path of a Unix socket, in bytes, without the terminating zero.
  private static final int LONGEST_SOCKET = 107;

  private static final OwnDirectory.Kind KIND =
      new OwnDirectory.Kind(
          "a mesh",
          Set.of("identity.pem"),
          Set.of("users.json", "run", "tokens", "cas", "images", "volumes"));

  /// Entries that must be ours, because whoever can replace them can act as us. CAS
  /// checks its own state.
  private static final List<String> OWN = List.of("identity.pem", "users.json", "tokens", "run");

  private final Path root;
  private final FileChannel lock;
  private final Path sockets;

  private MeshDirectory(Path root, FileChannel lock, Path sockets) {
    this.root = root;
    this.lock = lock;
    this.sockets = sockets;
  }

  /// Opens the state at `root` for one run and creates it if necessary. An existing directory must
  /// belong to this user, and be empty or the state of a mesh; it keeps its mode. Remains of a
  /// killed run are removed.
  ///
  /// @throws CommandFailed if another run uses it
  /// @throws IOException if it belongs to another user or is used for something else
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
      // Earlier versions stored tokens here, which nothing accepts any more.
      PrivateFiles.delete(absolute.resolve("tokens"));
      return new MeshDirectory(absolute, lock, sockets(absolute));
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /// Locks the state. The kernel releases the lock when the process ends, in whatever way; the pid
  /// in the file is for people.
  private static FileChannel lock(Path root) throws IOException, CommandFailed {
    var file = root.resolve("run/lock");
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!FileLocks.take(channel)) {
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

  private static Path sockets(Path root) throws IOException {
    var usual = root.resolve("run/events");
    PrivateFiles.delete(usual);
    PrivateFiles.directory(usual);
    // Leave 24 bytes for `/<number>.sock`.
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

  /// Returns the directory for the sockets of this run, whose paths must be short.
  public Path sockets() {
    return sockets;
  }

  /// Returns the directory of a service's image, which need not exist.
  public Path image(String service) {
    return root.resolve("images").resolve(fileName(service));
  }

  public Path casState() {
    return root.resolve("cas");
  }

  /// Makes `user` the owner of the state of CAS with everything in it. The state may already belong
  /// to that user, or to another mesh user if the mesh had other ids in an earlier run.
  ///
  /// @throws CommandFailed if processes of that other user are still running, which could interfere
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

  /// Returns the file name for a service. Names that would be hidden files or paths are changed.
  static String fileName(String service) {
    var name = service.replaceAll("[^A-Za-z0-9_.-]", "_");
    return name.startsWith(".") ? "_" + name.substring(1) : name;
  }

  /// Removes the files of the run and releases the lock last.
  @Override
  public void close() throws IOException {
    try (lock) {
      Files.deleteIfExists(run().resolve("mesh.json"));
      PrivateFiles.delete(sockets);
    }
  }
}
