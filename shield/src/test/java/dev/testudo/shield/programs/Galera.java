package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A node of a MariaDB cluster (Galera) in a story's directory. It listens for clients, for the
/// group, and, while it joins, for the state transfer: all of it by rsync, or the missed part.
final class Galera {
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

  private final Story story;
  private final Path folder;
  private final MariaDb database;
  private final int port;
  private final int group;
  private final int missed;
  private final int state;

  /// @param seeded whether the node has a database already, or gets one when it joins
  Galera(Story story, String name, boolean seeded) throws IOException, InterruptedException {
    this.story = story;
    this.folder = Story.open(Files.createDirectory(story.folder().resolve(name)));
    this.port = story.port();
    this.group = story.port();
    this.missed = story.port();
    this.state = story.port();
    this.database = seeded ? new MariaDb(folder, port) : MariaDb.empty(folder, port);
  }

  /// Returns a program that may be this node in a cluster with `others`.
  Actor node(List<Galera> others) throws IOException {
    var node = story.program().servingPlainly(database.socket());
    Stream.of(port, group, missed, state).forEach(node::serving);
    node.reaching(group);
    for (var other : others) {
      Stream.of(other.group, other.missed, other.state).forEach(node::reaching);
    }
    return node.with("PATH", scripts() + ":" + PATH);
  }

  /// Returns a directory with a modified script. The script that receives a state searches the
  /// machine's listeners for its own rsync. The shield owns the public socket, so no tool shows
  /// it as rsync's. Like on machines with SELinux, the modified script accepts any listener at
  /// the port.
  private Path scripts() throws IOException {
    var scripts = Files.createDirectories(story.folder().resolve("scripts"));
    var enabled = Files.writeString(scripts.resolve("selinuxenabled"), "#!/bin/sh\n");
    Story.executable(enabled);
    return scripts;
  }

  Object[] first() {
    return command("--wsrep-new-cluster", "--wsrep-cluster-address=gcomm://");
  }

  Object[] joining(Galera member) {
    return command("--wsrep-cluster-address=gcomm://127.0.0.1:" + member.group);
  }

  private Object[] command(String... more) {
    var options =
        Stream.of(
            "--binlog-format=ROW",
            "--innodb-autoinc-lock-mode=2",
            "--tmpdir=" + folder,
            "--wsrep-on=ON",
            "--wsrep-provider=/usr/lib/galera/libgalera_smm.so",
            "--wsrep-cluster-name=story",
            "--wsrep-node-address=127.0.0.1:" + group,
            "--wsrep-node-incoming-address=127.0.0.1:" + port,
            "--wsrep-sst-method=rsync",
            "--wsrep-sst-receive-address=127.0.0.1:" + state,
            "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:"
                + group
                + ";ist.recv_addr=127.0.0.1:"
                + missed
                + ";gcache.size=32M;pc.recovery=false");
    return Stream.of(Stream.of(database.server()), options, Stream.of(more))
        .flatMap(words -> words)
        .toArray();
  }

  /// Returns the answer of this node, once it has applied everything that the cluster
  /// had committed.
  String query(String sql) throws IOException, InterruptedException {
    var file = Files.writeString(folder.resolve("query"), "set wsrep_sync_wait = 1;\n" + sql);
    var client = story.program().reaching(port);
    return client.runs("sh", "-c", database.overTcp() + " < " + file).strip();
  }
}
