package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.it.kube.ClusterObjects;
import dev.testudo.it.kube.ClusterStandIn;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What those do to the operator who may create objects in a namespace, or only connect to it.
@Timeout(600)
class OperatorStrangersIT {
  private static final String POLICIES = "testudo.dev/signedpolicies";
  private static final int MANY = 40;
  private static final int FEW = 8;

  @TempDir private Path work;

  private ClusterStandIn cluster;
  private ClusterObjects objects;
  private RunningCas cas;
  private SilentPeer silent;
  private RunningOperator operator;

  @BeforeEach
  void startAll() throws IOException {
    cas = RunningCas.start(work.resolve("cas"));
    silent = SilentPeer.start();
    cluster = ClusterStandIn.start();
    objects = cluster.objects();
    OperatorChart.rendered(Map.of()).installInto(cluster, "operator");
    operator = RunningOperator.start(cluster.kubeconfig(work.resolve("kubeconfig"), "operator"));
  }

  @AfterEach
  void stopAll() throws IOException {
    operator.close();
    cluster.close();
    silent.close();
    cas.close();
  }

  private void createForTheSilentCas() throws InterruptedException {
    var policies = PolicyObjects.of(cas);
    var hostile = new PolicyObjects(cas, silent.address(), policies.author());
    for (int i = 0; i < MANY; i++) {
      objects.create(hostile.signed("hostile", "p" + i, PolicyObjects.text("p" + i)));
    }
    Patience.until(() -> silent.most() > 0, () -> "it does not connect");
  }

  @Test
  void aCasThatNeverAnswersKeepsNoOtherNamespaceWaiting() throws InterruptedException {
    createForTheSilentCas();
    objects.create(PolicyObjects.of(cas).signed("prod", "honest", PolicyObjects.text("honest")));
    Patience.until(
        () ->
            objects
                .condition(POLICIES, "prod", "honest", "Registered")
                .path("reason")
                .asText()
                .equals("Registered"),
        () -> "it is not registered: " + objects.find(POLICIES, "prod", "honest"));
    assertTrue(silent.most() <= FEW, () -> silent.most() + " requests waited at once");
  }

  @Test
  void toldToStopItStopsAlthoughACasDoesNotAnswer() throws InterruptedException {
    createForTheSilentCas();
    assertEquals(143, operator.stop());
  }

  @Test
  void halfARequestDoesNotKeepTheProbesWaiting() throws IOException, InterruptedException {
    var open = new ArrayList<Socket>();
    try {
      for (int i = 0; i < FEW; i++) {
        var one = operator.connect();
        open.add(one);
        one.getOutputStream().write("GET /livez HTTP/1.1\r\nHost".getBytes(UTF_8));
      }
      assertEquals("200 ok\n", operator.ask("/livez"));
      assertEquals(-1, open.getFirst().getInputStream().read());
    } finally {
      for (var one : open) {
        one.close();
      }
    }
  }

  @Test
  void withoutAnApiServerItSaysSoInOneLine() throws IOException, InterruptedException {
    cluster.interrupt();
    var kubeconfig = cluster.kubeconfig(work.resolve("nowhere"), "SECRET-TOKEN");
    var refused =
        Command.run(
            Map.of("KUBECONFIG", kubeconfig.toString()),
            List.of(Command.LAUNCHER.toString(), "operator"));
    assertEquals(3, refused.exit());
    assertEquals(1, refused.all().lines().count(), refused.all());
    assertFalse(refused.all().contains("SECRET-TOKEN"), refused.all());
  }
}
