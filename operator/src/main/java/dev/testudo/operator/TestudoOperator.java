package dev.testudo.operator;

import dev.testudo.operator.OperatorOptions.Part;
import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.install.CasReconciler;
import dev.testudo.operator.mesh.MeshReconciler;
import dev.testudo.operator.monitor.OperatorMetrics;
import dev.testudo.operator.policy.CasClients;
import dev.testudo.operator.policy.CasTurns;
import dev.testudo.operator.policy.PolicyReconciler;
import dev.testudo.operator.policy.PolicyRegistrar;
import dev.testudo.operator.scone.NeedlessReconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;

/// All controllers together, as one process runs them.
final class TestudoOperator implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TestudoOperator.class.getName());
  private static final String LEASE = "testudo-operator";
  private static final String FIELD_MANAGER = "testudo-operator";
  private static final int THREADS = 16;
  private static final Duration STOP = Duration.ofSeconds(10);

  private final OperatorOptions options;
  private final OperatorMetrics metrics;
  private final Operator operator;
  private final CasClients clients = new CasClients();

  /// @param failed is told when the process cannot go on, with the reason
  TestudoOperator(
      OperatorOptions options,
      KubernetesClient client,
      OperatorMetrics metrics,
      Consumer<String> failed) {
    this.options = options;
    this.metrics = metrics;
    this.operator = new Operator(overrider -> configure(overrider, client, failed));
    var conditions = new Conditions(InstantSource.system());
    var turns = new CasTurns(InstantSource.system());
    var registrar = new PolicyRegistrar(clients, InstantSource.system());
    register(new PolicyReconciler.Signed(registrar, turns, conditions), true);
    register(new MeshReconciler(client, conditions), true);
    if (options.parts().contains(Part.CAS)) {
      register(new CasReconciler(client, clients, turns, conditions), true);
    }
    if (options.parts().contains(Part.SCONE)) {
      register(new PolicyReconciler.SconeSigned(registrar, turns, conditions), true);
      register(new PolicyReconciler.SconeEncrypted(registrar, turns, conditions), true);
      register(new NeedlessReconciler.Cas(conditions), true);
      // These belong to no namespace, so a role of a namespace does not reach them.
      if (options.namespaces().isEmpty()) {
        register(new NeedlessReconciler.Las(conditions), false);
        register(new NeedlessReconciler.SgxPlugin(conditions), false);
      }
    }
  }

  private void configure(
      ConfigurationServiceOverrider overrider, KubernetesClient client, Consumer<String> failed) {
    overrider
        .withKubernetesClient(client)
        .withCloseClientOnStop(true)
        .checkingCRDAndValidateLocalModel(false)
        .withConcurrentReconciliationThreads(THREADS)
        .withConcurrentWorkflowExecutorThreads(1)
        .withReconciliationTerminationTimeout(STOP)
        .withStopOnInformerErrorDuringStartup(true)
        .withInformerStoppedHandler(
            (informer, cause) -> {
              if (cause != null) {
                failed.accept(
                    "cannot watch %s: %s"
                        .formatted(informer.getApiTypeClass().getSimpleName(), cause));
              }
            })
        .withMetrics(metrics);
    options
        .leaseNamespace()
        .ifPresent(space -> overrider.withLeaderElectionConfiguration(lease(space, failed)));
  }

  private LeaderElectionConfiguration lease(String space, Consumer<String> failed) {
    var callbacks =
        new LeaderCallbacks(
            () -> metrics.leading(true),
            () -> {
              metrics.leading(false);
              failed.accept("the lease was lost");
            },
            holder -> LOG.log(Level.INFO, "the leader is {0}", holder));
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
        .withLeaseNamespace(space)
        .withIdentity(options.identity())
        .withLeaseDuration(options.lease())
        .withRenewDeadline(options.lease().multipliedBy(5).dividedBy(6))
        .withRetryPeriod(options.lease().dividedBy(10))
        .withLeaderCallbacks(callbacks)
        .build();
  }

  private <R extends HasMetadata> void register(Reconciler<R> reconciler, boolean namespaced) {
    operator.register(
        reconciler,
        configuration -> {
          configuration.withFieldManager(FIELD_MANAGER);
          if (namespaced && !options.namespaces().isEmpty()) {
            configuration.settingNamespaces(Set.copyOf(options.namespaces()));
          } else {
            configuration.watchingAllNamespaces();
          }
        });
  }

  /// Begins to watch, and to work as soon as this process has the lease.
  void start() {
    operator.start();
    if (options.leaseNamespace().isEmpty()) {
      metrics.leading(true);
    }
  }

  /// Returns true if it has started.
  boolean isReady() {
    return operator.getRuntimeInfo().isStarted();
  }

  /// Returns true unless a watch has ended for good.
  boolean isAlive() {
    return !isReady() || operator.getRuntimeInfo().allEventSourcesAreHealthy();
  }

  @Override
  public void close() {
    operator.stop();
    clients.close();
  }
}
