package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session manifest`.
@Command(
    name = "manifest",
    description = {
      "Prints a bundle as an object of Kubernetes, which the operator brings to CAS.",
      "Everybody who can read the object can read the session."
    })
final class SessionManifest implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "BUNDLE", description = "The bundle.")
  private Path file = Path.of("");

  @Option(
      names = "--cas-address",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Where the operator finds the CAS.")
  private String address = "";

  @Option(
      names = "--scone",
      description = "Prints the SignedPolicy of SCONE's operator, with annotations for the rest.")
  private boolean scone;

  SessionManifest(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var bundle = BundleFile.read(file);
    JsonOption.print(scone ? scone(bundle) : ours(bundle), context.streams().out());
    return 0;
  }

  private JsonBuilder ours(SessionBundle bundle) {
    var spec =
        new JsonBuilder()
            .put("casAddress", address)
            .put("casKey", bundle.message().cas().text())
            .put("creator", bundle.creator().text())
            .put("expires", bundle.message().expires().toString())
            .put("policy", bundle.yaml())
            .put("signatures", signatures(bundle));
    return object("testudo.dev/v1alpha1", new JsonBuilder().put("name", name(bundle)), spec);
  }

  private JsonBuilder scone(SessionBundle bundle) {
    var notes =
        new JsonBuilder()
            .put("testudo.dev/cas-key", bundle.message().cas().text())
            .put("testudo.dev/creator", bundle.creator().text())
            .put("testudo.dev/expires", bundle.message().expires().toString());
    var spec =
        new JsonBuilder()
            .put("casAddress", "https://" + address)
            .put("policy", bundle.yaml())
            .put("signatures", signatures(bundle));
    return object(
        "cas.scone.cloud/v1beta1",
        new JsonBuilder().put("name", name(bundle)).put("annotations", notes.build()),
        spec);
  }

  private static JsonBuilder object(String version, JsonBuilder metadata, JsonBuilder spec) {
    return new JsonBuilder()
        .put("apiVersion", version)
        .put("kind", "SignedPolicy")
        .put("metadata", metadata.build())
        .put("spec", spec.build());
  }

  private static JsonArray signatures(SessionBundle bundle) {
    return new JsonArray(
        bundle.approvals().stream()
            .<JsonValue>map(
                one ->
                    new JsonBuilder()
                        .put("signer", one.signer())
                        .put("signature", one.signature())
                        .build())
            .toList());
  }

  /// A revision never changes, so its object has a name of its own.
  private static String name(SessionBundle bundle) {
    var session = bundle.message().session().value().toLowerCase(java.util.Locale.ROOT);
    return "%s-%.12s"
        .formatted(
            ("session" + session).replaceAll("[^a-z0-9]+", "-"), bundle.message().hash().hex());
  }
}
