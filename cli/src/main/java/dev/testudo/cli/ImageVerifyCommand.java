package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageKeys;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.MeasurementVerdict;
import dev.testudo.cli.image.SessionClaim;
import dev.testudo.cli.image.SignatureClaim;
import dev.testudo.cli.image.SignatureIdentity;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo image verify`.
@Command(
    name = "verify",
    description = {
      "Shows whether a session permits an image, and whether a key has signed it. Exits with code 4 if one of the two is asked for and does not hold.",
      "With --session, it measures the confidential image, and decides as CAS would for a container that presents the tokens and passwords that the session demands. It warns if the image's configuration is not the one that Testudo writes: the measurement does not cover it.",
      "With --signed-by, it verifies the signatures that lie beside the image."
    })
final class ImageVerifyCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private CheckedImageOptions image = new CheckedImageOptions();

  @Option(names = "--session", paramLabel = "FILE", description = "The file with the session.")
  private @Nullable Path file;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service that must permit the image (default: any of the session).")
  private @Nullable String service;

  @Option(
      names = "--signed-by",
      paramLabel = "FILE",
      description = "The public key that must have signed the image, see `testudo image keygen`.")
  private @Nullable Path key;

  @Option(
      names = "--sign-identity",
      paramLabel = "REPOSITORY",
      description =
          "The repository that the signature must name (default: that of the image in its registry).")
  private @Nullable String identity;

  @Mixin private VariableOptions variables = new VariableOptions();
  @Mixin private JsonOption json = new JsonOption();

  ImageVerifyCommand(CliContext context) {
    this.context = context;
  }

  /// What a session is asked.
  private record Question(Path file, Session session, List<Service> services) {}

  /// Who must have signed, and for which repository.
  private record Signer(PublicKey key, String repository) {}

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (file == null && key == null) {
      throw CommandFailed.usage("what must hold? give --session FILE, --signed-by FILE, or both");
    }
    var question = question();
    var signer = signer();
    return image.open(
        context,
        (opened, named) -> {
          Optional<SignatureClaim> signature =
              signer.isEmpty() ? Optional.empty() : Optional.of(claim(opened, named, signer.get()));
          Optional<SessionClaim> session =
              question.isEmpty()
                  ? Optional.empty()
                  : Optional.of(claim(opened, named, question.get()));
          print(named, session, signature);
          require(session, signature);
          return 0;
        });
  }

  private Optional<Question> question() throws CommandFailed {
    if (file == null) {
      return Optional.empty();
    }
    var path = CasClientOptions.given("--session", file);
    var session = SessionFile.read(path, variables, context);
    return Optional.of(new Question(path, session, services(path, session)));
  }

  private List<Service> services(Path path, Session session) throws CommandFailed {
    if (service == null) {
      return session.services();
    }
    var found = session.service(service);
    if (found.isEmpty()) {
      throw CommandFailed.input(
          "%s: the session has no service `%s`; it has: %s"
              .formatted(
                  path,
                  service,
                  session.services().stream()
                      .map(Service::name)
                      .collect(Collectors.joining(", "))));
    }
    return List.of(found.get());
  }

  private Optional<Signer> signer() throws IOException, CommandFailed {
    if (key == null) {
      return Optional.empty();
    }
    var path = CasClientOptions.given("--signed-by", key);
    var repository = SignatureIdentity.of(image.location(), Optional.ofNullable(identity));
    return Optional.of(new Signer(ImageKeys.readPublic(path), repository));
  }

  private static SignatureClaim claim(ImagePlaces.Opened opened, RawManifest named, Signer signer)
      throws IOException {
    return SignatureClaim.of(
        opened.source(), signer.repository(), named.descriptor().digest(), signer.key());
  }

  private SessionClaim claim(ImagePlaces.Opened opened, RawManifest named, Question question)
      throws IOException, CommandFailed {
    return SessionClaim.of(
        question.file(),
        question.session(),
        question.services(),
        image.measure(opened, named, context));
  }

  private void print(
      RawManifest named, Optional<SessionClaim> session, Optional<SignatureClaim> signature)
      throws CommandFailed {
    var out = context.streams().out();
    var digest = named.descriptor().digest();
    if (json.isGiven()) {
      var object =
          session.isPresent()
              ? session.get().image().json()
              : new JsonBuilder()
                  .put("image", image.location().toString())
                  .put("digest", digest.toString());
      session.ifPresent(claim -> object.put("services", services(claim)));
      signature.ifPresent(claim -> object.put("signature", claim.json()));
      JsonOption.print(Json.write(object.build()), out);
      return;
    }
    session.ifPresent(claim -> CheckedImageOptions.warn(claim.image(), context));
    session.ifPresentOrElse(
        claim -> claim.lines().forEach(out::println),
        () -> out.println("%-12s %s".formatted("digest", digest)));
    signature.ifPresent(claim -> out.println(claim.line()));
  }

  private static JsonArray services(SessionClaim claim) {
    return new JsonArray(
        claim.verdicts().stream().<JsonValue>map(MeasurementVerdict::json).toList());
  }

  private void require(Optional<SessionClaim> session, Optional<SignatureClaim> signature)
      throws CommandFailed {
    var refusals = new ArrayList<String>();
    session.filter(claim -> !claim.holds()).ifPresent(claim -> refusals.add(claim.refusal()));
    signature
        .filter(claim -> !claim.holds())
        .ifPresent(claim -> refusals.add("%s: %s".formatted(key, claim.refusal())));
    if (!refusals.isEmpty()) {
      throw CommandFailed.refused(String.join("; ", refusals));
    }
  }
}
