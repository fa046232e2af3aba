package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.it.kube.ClusterObjects;
import dev.testudo.it.kube.ClusterStandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What fails around the operator while it works, and its own death.
@Timeout(600)
class OperatorFaultsIT {
  private static final String POLICIES = "testudo.dev/signedpolicies";
  private static final int MANY = 40;

  @TempDir private Path work;

  private ClusterStandIn cluster;
  private ClusterObjects objects;
  private Path kubeconfig;
  private RunningCas cas;
  private PolicyObjects policies;

  @BeforeEach
  void startAll() throws IOException {
    cas = RunningCas.start(work.resolve("cas"));
    policies = PolicyObjects.of(cas);
    cluster = ClusterStandIn.start();
    objects = cluster.objects();
    OperatorChart.rendered(Map.of()).installInto(cluster, "operator");
    kubeconfig = cluster.kubeconfig(work.resolve("kubeconfig"), "operator");
  }

  @AfterEach
  void stopAll() throws IOException {
    cluster.close();
    cas.close();
    assertEquals(Set.of(), cluster.refused("operator"));
  }

  private void create(String name) {
    objects.create(policies.signed("prod", name, PolicyObjects.text(name)));
  }

  private String reason(String name) {
    return objects.condition(POLICIES, "prod", name, "Registered").path("reason").asText();
  }

  private void until(String name, String reason) throws InterruptedException {
    Patience.until(
        () -> reason(name).equals(reason),
        () -> "it is not %s: %s".formatted(reason, objects.find(POLICIES, "prod", name)));
  }

  private long stored() throws IOException {
    return cas.audit().stream()
        .filter(one -> one.path("event").asText().equals("session-stored"))
        .count();
  }

  @Test
  void whenCasComesBackThePoliciesAreBroughtToIt() throws IOException, InterruptedException {
    try (var operator = RunningOperator.start(kubeconfig)) {
      cas.kill();
      create("waits");
      until("waits", "CasUnreachable");
      cas = RunningCas.start(work.resolve("cas"), cas.port());
      until("waits", "Registered");
      assertEquals("200 ok\n", operator.ask("/livez"));
    }
  }

  @Test
  void whenTheApiServerComesBackNothingIsLost() throws IOException, InterruptedException {
    try (var operator = RunningOperator.start(kubeconfig)) {
      create("before");
      until("before", "Registered");
      cluster.interrupt();
      create("meanwhile");
      objects.delete(POLICIES, "prod", "before");
      cluster.resume();
      until("meanwhile", "Registered");
      create("after");
      until("after", "Registered");
      assertEquals("200 ok\n", operator.ask("/livez"));
    }
  }

  @Test
  void killedAtAnyPointItGoesOnWhereItWasAndNothingIsDoneTwice()
      throws IOException, InterruptedException {
    for (int i = 0; i < MANY; i++) {
      create("p" + i);
    }
    for (int kills = 1; kills <= 3; kills++) {
      var enough = (long) MANY * kills / 5;
      var operator = RunningOperator.start(kubeconfig);
      Patience.until(() -> storedSoFar() >= enough, () -> "nothing happens");
      operator.kill();
    }
    try (var last = RunningOperator.start(kubeconfig)) {
      for (int i = 0; i < MANY; i++) {
        until("p" + i, "Registered");
      }
      assertEquals(MANY, stored());
      assertEquals("200 ok\n", last.ask("/readyz"));
    }
  }

  private long storedSoFar() {
    try {
      return stored();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void ofTwoOneWorksAndTheOtherTakesOver() throws IOException, InterruptedException {
    var lease =
        new String[] {"--lease-namespace", "default", "--lease-seconds", "15", "--identity"};
    try (var one = RunningOperator.start(kubeconfig, with(lease, "one"))) {
      Patience.until(one::leads, () -> "nobody leads");
      try (var two = RunningOperator.start(kubeconfig, with(lease, "two"))) {
        create("by-one");
        until("by-one", "Registered");
        assertTrue(one.leads());
        assertFalse(two.leads());
        assertEquals("200 ok\n", two.ask("/readyz"));
        one.kill();
        create("by-two");
        until("by-two", "Registered");
        assertTrue(two.leads());
        two.stop();
      }
    }
  }

  private static String[] with(String[] options, String last) {
    var all = java.util.Arrays.copyOf(options, options.length + 1);
    all[options.length] = last;
    return all;
  }

  @Test
  void toldToStopItStops() throws IOException, InterruptedException {
    try (var operator =
        RunningOperator.start(kubeconfig, "--lease-namespace", "default", "--identity", "a")) {
      Patience.until(operator::leads, () -> "it does not lead");
      assertEquals(143, operator.stop());
    }
  }
}
