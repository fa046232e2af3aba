package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.ValidityPeriod;
import dev.testudo.trust.approval.ApprovalMessage;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo session sign`.
@Command(
    name = "sign",
    description = {
      "Makes a bundle of a session for others to approve, and signs it.",
      "It shows the difference to the active session. The bundle contains the text of the session, and everybody who gets it can read it. Whoever changes it voids the signatures. Others add theirs with `testudo session approve`, and `testudo session update --bundle` registers it."
    })
final class SessionSign implements Callable<Integer> {
  private final CliContext context;
  @Mixin private SessionFile arguments = new SessionFile();
  @Mixin private OverOption over = new OverOption();
  @Mixin private SigningKey key = new SigningKey();
  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "BUNDLE",
      description = "The file for the bundle (default: FILE with `.bundle` appended).")
  private @Nullable Path output;

  @Option(
      names = "--valid-for",
      paramLabel = "TIME",
      defaultValue = "30 days",
      description = "How long the signatures are valid: `12h`, `30 days` (default: 30 days).")
  private String validFor = "";

  SessionSign(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var session = arguments.session(context);
    var validity =
        ValidityPeriod.parse(validFor)
            .orElseThrow(
                () ->
                    CommandFailed.usage("--valid-for takes a time, not `%s`".formatted(validFor)));
    var expires = Instant.now().plus(validity).truncatedTo(ChronoUnit.SECONDS);
    try (var client = cas.client(context)) {
      var active = BundleFile.active(client, session.name().value());
      var bundle = bundle(session, active, cas.which(context).key(), expires);
      if (!json.isGiven()) {
        BundleFile.show(context, bundle, active);
      }
      var signed = bundle.with(key.sign(bundle.message(), cas, context));
      var file = output();
      BundleFile.write(file, signed);
      tell(file, signed);
    }
    return 0;
  }

  private void tell(Path file, SessionBundle signed) {
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(BundleFile.json(file, signed), out);
    } else {
      signed.verified().forEach(signer -> out.println("signed by " + signer));
      out.println("bundle " + file);
    }
  }

  private Path output() throws CommandFailed {
    return output == null
        ? arguments.file().resolveSibling(arguments.file().getFileName() + ".bundle")
        : CasClientOptions.given("--output", output);
  }

  private SessionBundle bundle(
      Session session, Optional<SessionReply> active, KeyHash casKey, Instant expires)
      throws IOException, CommandFailed {
    var named = over.yaml(session);
    if (active.isPresent() && named.isEmpty()) {
      throw OverOption.missing(session);
    }
    var yaml = named.orElse(session.source().text());
    var predecessor = session.lineage().predecessor();
    if (active.isPresent() && predecessor.isEmpty()) {
      predecessor = over.hash();
    }
    if (!predecessor.map(SessionHash::hex).equals(active.map(SessionReply::hash))) {
      throw CommandFailed.refused(
          "session `%s` has changed since: the file replaces %s, active is %s"
              .formatted(
                  session.name(),
                  predecessor.map(SessionHash::hex).orElse("nothing"),
                  active.map(SessionReply::hash).orElse("nothing")));
    }
    var creator =
        active.isPresent()
            ? CasClientOptions.hash(active.get().creator())
            : cas.me(context).keyHash();
    var hash = SessionHash.of(creator.text(), yaml);
    var message = new ApprovalMessage(casKey, session.name(), predecessor, hash, expires);
    return new SessionBundle(message, creator, yaml, List.of());
  }
}
