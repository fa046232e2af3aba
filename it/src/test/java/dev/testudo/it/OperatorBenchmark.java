package dev.testudo.it;

import dev.testudo.it.kube.ClusterObjects;
import dev.testudo.it.kube.ClusterStandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;

/// Measures the operator with a real CAS and the stand-in for the API server: `bench/operator/run`.
final class OperatorBenchmark {
  private static final String POLICIES = "testudo.dev/signedpolicies";
  private static final int IDLE_SECONDS = 30;

  private OperatorBenchmark() {}

  /// Runs it.
  ///
  /// @param arguments how many policies
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var many = Integer.parseInt(arguments[0]);
    var work = Files.createTempDirectory("bench");
    try (var cas = RunningCas.start(work.resolve("cas"));
        var cluster = ClusterStandIn.start()) {
      var policies = PolicyObjects.of(cas);
      OperatorChart.rendered(Map.of()).installInto(cluster, "operator");
      var signed = new ArrayList<String>();
      for (int i = 0; i < many; i++) {
        signed.add(policies.signed("prod", "p" + i, PolicyObjects.text("p" + i)));
      }
      var started = System.nanoTime();
      try (var operator =
          RunningOperator.start(cluster.kubeconfig(work.resolve("kubeconfig"), "operator"))) {
        print("start, seconds", seconds(started));
        var created = System.nanoTime();
        signed.forEach(cluster.objects()::create);
        while (registered(cluster.objects()) < many) {
          Thread.sleep(50);
        }
        print("%d policies reconciled, seconds".formatted(many), seconds(created));
        print("resident, MiB", resident(operator.pid(), "VmRSS"));
        print("most resident, MiB", resident(operator.pid(), "VmHWM"));
        var before = processorTime(operator.pid());
        Thread.sleep(IDLE_SECONDS * 1000L);
        var used = (processorTime(operator.pid()) - before) * 10.0;
        print("idle, milliseconds of processor time a second", used / IDLE_SECONDS);
        print(
            "resident after %d s, MiB".formatted(IDLE_SECONDS), resident(operator.pid(), "VmRSS"));
      }
    }
    System.exit(0);
  }

  private static long registered(ClusterObjects objects) {
    return objects.all(POLICIES, "prod").stream()
        .filter(one -> one.at("/status/state").asText().equals("Registered"))
        .count();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void print(String what, double value) {
    System.out.printf("%-50s %8.2f%n", what, value);
  }

  private static double resident(long pid, String field) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/%d/status".formatted(pid)))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    throw new IOException("no " + field);
  }

  /// In hundredths of a second (utime and stime of proc_pid_stat(5)).
  private static long processorTime(long pid) throws IOException {
    var stat = Files.readString(Path.of("/proc/%d/stat".formatted(pid)));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
