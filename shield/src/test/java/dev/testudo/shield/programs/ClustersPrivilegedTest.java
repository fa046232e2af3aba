package dev.testudo.shield.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.shield.Eventually;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clusters: their members find each other, exchange addresses, and are servers and clients
/// at once.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClustersPrivilegedTest {
  private static final int VALUE = 3_000_000;

  @Runs(
      program = "Redis Sentinel",
      what =
          "a master, two replicas, three sentinels that find one another; the master is killed, the"
              + " sentinels vote, a client that asks one of them writes to the new master, and the"
              + " other replica copies it")
  @ParameterizedTest
  @EnumSource
  void redisSentinel(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      var servers = List.of(story.port(), story.port(), story.port());
      var sentinels = List.of(story.port(), story.port(), story.port());
      var master = member(story, servers.getFirst(), servers);
      master.starts(Redis.server(story, servers.getFirst())).says("Ready to accept connections");
      for (int port : servers.subList(1, servers.size())) {
        member(story, port, servers)
            .starts(Redis.server(story, port, "--replicaof", "127.0.0.1", servers.getFirst()))
            .says("MASTER <-> REPLICA sync: Finished with success");
      }
      var watchers = watch(story, servers, sentinels);
      var value = Content.lines(VALUE).replace("\n", "");
      store(story, servers.getFirst(), "before", value, servers.size() - 1);
      story.carriedSoFar(value.length());
      master.isKilled();
      watchers.getFirst().says("+switch-master story");
      int elected = master(story, sentinels.getFirst());
      assertTrue(servers.indexOf(elected) > 0, () -> elected + " of " + servers);
      store(story, elected, "after", value, servers.size() - 2);
      int other = servers.get(servers.size() - servers.indexOf(elected));
      for (var key : List.of("before", "after")) {
        assertEquals(value + "\n", cli(story, other, "get " + key));
      }
    }
  }

  @Runs(
      program = "MariaDB Galera",
      what =
          "three nodes; two join by a state transfer with rsync; a row of 3 MB, written on"
              + " any node, is read on all; one node is killed, and the others continue")
  @Tag("nightly")
  @ParameterizedTest
  @EnumSource
  void galera(Treatment treatment) throws Exception {
    try (var story = new Story(treatment)) {
      var first = new Galera(story, "first", true);
      var second = new Galera(story, "second", false);
      var third = new Galera(story, "third", false);
      var all = List.of(first, second, third);
      var killed = first.node(all);
      killed.starts(first.first()).says("ready for connections");
      first.query("create database story; create table story.rows (a int primary key, b longtext)");
      for (var node : List.of(second, third)) {
        node.node(all).starts(node.joining(first)).says("Synchronized with group, ready");
      }
      for (int i = 0; i < all.size(); i++) {
        all.get(i)
            .query("insert into story.rows values (%d, repeat('%d', %d))".formatted(i, i, VALUE));
      }
      var sums = "select group_concat(a, '=', md5(b) order by a) from story.rows";
      var expected = first.query(sums);
      assertTrue(expected.matches("0=\\w{32},1=\\w{32},2=\\w{32}"), expected);
      assertEquals(List.of(expected, expected), List.of(second.query(sums), third.query(sums)));
      assertEquals(List.of(), story.refusals());
      killed.isKilled();
      second.query("insert into story.rows values (3, 'without the first')");
      assertEquals("4", third.query("select count(*) from story.rows"));
      assertEquals("2", third.query("show status like 'wsrep_cluster_size'").replaceAll("\\D", ""));
    }
  }

  /// Returns a server of the cluster, which may connect to all servers.
  private static Actor member(Story story, int port, List<Integer> servers) {
    var member = story.program().serving(port);
    servers.forEach(member::reaching);
    return member;
  }

  /// Starts the sentinels and waits until each knows all servers and the other sentinels.
  private static List<Actor> watch(Story story, List<Integer> servers, List<Integer> sentinels)
      throws Exception {
    var watchers = new ArrayList<Actor>();
    for (int port : sentinels) {
      var watcher = story.program().serving(port);
      servers.forEach(watcher::reaching);
      sentinels.forEach(watcher::reaching);
      watchers.add(watcher.starts(Redis.sentinel(story, port, servers.getFirst())));
    }
    for (var watcher : watchers) {
      Eventually.holds(
          () -> count(watcher, "+slave slave") == 2 && count(watcher, "+sentinel sentinel") == 2,
          () -> "a sentinel does not know the others:\n" + watcher.text());
    }
    return watchers;
  }

  private static long count(Actor actor, String words) {
    return actor.text().lines().filter(line -> line.contains(words)).count();
  }

  /// Writes a value to the server at `port`, and waits until `replicas` replicas have it.
  private static void store(Story story, int port, String key, String value, int replicas)
      throws Exception {
    var script = "set %s %s\nwait %d 100000\n".formatted(key, value, replicas);
    assertEquals("OK\n" + replicas + "\n", cli(story, port, script));
  }

  private static String cli(Story story, int port, String script) throws Exception {
    var file = Files.writeString(story.folder().resolve("script"), script);
    var command = "redis-cli -p %d < %s".formatted(port, file);
    return story.program().reaching(port).runs("sh", "-c", command);
  }

  /// Returns the port of the master according to a sentinel.
  private static int master(Story story, int sentinel) throws Exception {
    var said = cli(story, sentinel, "sentinel get-master-addr-by-name story");
    var lines = said.lines().toList();
    assertEquals("127.0.0.1", lines.getFirst());
    return Integer.parseInt(lines.getLast());
  }
}
