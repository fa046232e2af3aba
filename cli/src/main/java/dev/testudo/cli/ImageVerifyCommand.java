package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.CheckedImage;
import dev.testudo.cli.image.MeasurementVerdict;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
      "Measures a confidential image, and shows which services of a session permit it.",
      "Decides as CAS would for a container that presents the tokens and passwords that the session demands. Exits with code 4 if no service permits the image.",
      "Warns if the image's configuration is not the one that Testudo writes: the measurement does not cover it."
    })
final class ImageVerifyCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private CheckedImageOptions image = new CheckedImageOptions();

  @Option(
      names = "--session",
      paramLabel = "FILE",
      required = true,
      description = "The file with the session.")
  private Path file = Path.of("session.yaml");

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service that must permit the image (default: any of the session).")
  private @Nullable String service;

  @Mixin private VariableOptions variables = new VariableOptions();
  @Mixin private JsonOption json = new JsonOption();

  ImageVerifyCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var session = SessionFile.read(file, variables, context);
    var services = services(session);
    var checked = image.open(context);
    var measurement = checked.measured().measurement();
    var verdicts =
        services.stream().map(one -> MeasurementVerdict.of(session, one, measurement)).toList();
    print(checked, verdicts);
    if (verdicts.stream().noneMatch(MeasurementVerdict::permits)) {
      throw CommandFailed.refused(
          "%s: %s the measurement %s"
              .formatted(
                  file,
                  service == null
                      ? "no service permits"
                      : "the service `%s` does not permit".formatted(service),
                  measurement.hex()));
    }
    return 0;
  }

  private List<Service> services(Session session) throws CommandFailed {
    if (service == null) {
      return session.services();
    }
    var found = session.service(service);
    if (found.isEmpty()) {
      throw CommandFailed.input(
          "%s: the session has no service `%s`; it has: %s"
              .formatted(
                  file,
                  service,
                  session.services().stream()
                      .map(Service::name)
                      .collect(Collectors.joining(", "))));
    }
    return List.of(found.get());
  }

  private void print(CheckedImage checked, List<MeasurementVerdict> verdicts) {
    var out = context.streams().out();
    if (json.isGiven()) {
      var services = verdicts.stream().<JsonValue>map(MeasurementVerdict::json).toList();
      var object = checked.json().put("services", new JsonArray(services));
      JsonOption.print(Json.write(object.build()), out);
      return;
    }
    CheckedImageOptions.warn(checked, context);
    checked.lines().forEach(out::println);
    verdicts.forEach(verdict -> verdict.lines().forEach(out::println));
  }
}
