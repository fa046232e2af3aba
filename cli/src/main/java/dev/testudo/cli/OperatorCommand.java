package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command `testudo operator`, of which this is only the help: the launcher starts the operator
/// itself, with libraries that no other command loads.
@Command(
    name = "operator",
    description = {
      "Runs the operator of Kubernetes.",
      "It registers the signed policies of a cluster with CAS and reports what runs of a mesh. It"
          + " finds the API server as kubectl does: by KUBECONFIG, ~/.kube/config, or the service"
          + " account of its pod."
    })
@SuppressWarnings("UnusedVariable") // the options are here for the help
final class OperatorCommand implements Callable<Integer> {
  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Watches this namespace only. You can give it several times.")
  private List<String> namespaces = List.of();

  @Option(
      names = "--lease-namespace",
      paramLabel = "NAME",
      description =
          "Works only while it holds the lease testudo-operator in this namespace, so that of"
              + " several replicas one works.")
  private Optional<String> leaseNamespace = Optional.empty();

  @Option(
      names = "--lease-seconds",
      paramLabel = "N",
      description = "How long the lease lasts without renewal, 3 to 600. Default: 30.")
  private Optional<Integer> leaseSeconds = Optional.empty();

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      description = "The holder that the lease names. Default: the host name.")
  private Optional<String> identity = Optional.empty();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description =
          "Where it answers /metrics, /livez and /readyz. Default: a free port of 127.0.0.1, which"
              + " its first line names.")
  private Optional<String> listen = Optional.empty();

  @Option(names = "--with-cas", description = "Installs CAS for each Cas.")
  private boolean withCas;

  @Option(
      names = "--without-scone",
      description = "Does not watch the resources of SCONE's operator.")
  private boolean withoutScone;

  @Override
  public Integer call() throws CommandFailed {
    throw CommandFailed.environment(
        "this installation has no operator; it is the image testudo-operator");
  }
}
