package dev.testudo.operator;

import dev.testudo.operator.monitor.MonitorServer;
import dev.testudo.operator.monitor.OperatorMetrics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The entry point of the operator's process. It is not part of [the one executable's
/// modules](../../../../../docs/decisions/0083-operator.md): the launcher starts it with a class
/// path of its own.
public final class OperatorMain {
  private static final int USAGE = 2;
  private static final int ENVIRONMENT_FAILED = 3;

  /// The frameworks report their own steps, and that our resources are not yet of version 1. Strong
  /// references, because a logger that nobody holds forgets its level.
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("io.javaoperatorsdk"),
          Logger.getLogger("io.fabric8"),
          Logger.getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils"));

  private OperatorMain() {}

  /// Runs the operator until it is told to stop, or cannot go on.
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  private static int run(List<String> arguments, PrintStream out, PrintStream err) {
    // What fails at the start is said once, at the end.
    QUIET.forEach(one -> one.setLevel(Level.OFF));
    try {
      return run(
          OperatorOptions.parse(arguments, InetAddress.getLocalHost().getHostName()), out, err);
    } catch (WrongOptionException e) {
      err.println("testudo: " + e.getMessage());
      err.println("testudo: see `testudo operator --help`");
      return USAGE;
    } catch (IOException | KubernetesClientException | OperatorException e) {
      err.println("testudo operator: " + reasons(e));
      return ENVIRONMENT_FAILED;
    }
  }

  /// Returns what an exception and its causes say. The framework's own message says nothing.
  private static String reasons(Exception e) {
    var said = new LinkedHashSet<String>();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      said.add(Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName()));
    }
    return String.join(": ", said);
  }

  private static int run(OperatorOptions options, PrintStream out, PrintStream err)
      throws IOException {
    // Watches are plain HTTP requests, which every proxy passes on.
    var config = new ConfigBuilder().withOnlyHttpWatches(true).build();
    var client = connected(config);
    var failed = new CompletableFuture<String>();
    var metrics = new OperatorMetrics();
    var operator = new TestudoOperator(options, client, metrics, failed::complete);
    try (var monitor =
        MonitorServer.start(
            options.monitor(), metrics::text, operator::isAlive, operator::isReady)) {
      Runtime.getRuntime().addShutdownHook(new Thread(operator::close, "stop"));
      operator.start();
      QUIET.forEach(one -> one.setLevel(Level.WARNING));
      QUIET.getLast().setLevel(Level.SEVERE);
      out.println(
          "{\"monitor\":\"%s:%d\"}"
              .formatted(
                  monitor.address().getAddress().getHostAddress(), monitor.address().getPort()));
      err.println("testudo operator: " + failed.join());
      return ENVIRONMENT_FAILED;
    }
  }

  /// Returns a client of the API server, which has answered. Otherwise each watch would complain.
  private static KubernetesClient connected(Config config) throws IOException {
    var client = new KubernetesClientBuilder().withConfig(config).build();
    try {
      client.getKubernetesVersion();
      return client;
    } catch (KubernetesClientException e) {
      client.close();
      throw new IOException(
          "no API server answers at %s; is KUBECONFIG right?".formatted(config.getMasterUrl()), e);
    }
  }
}
