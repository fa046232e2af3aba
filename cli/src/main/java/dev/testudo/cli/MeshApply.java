package dev.testudo.cli;

import dev.testudo.cli.build.BuiltImages;
import dev.testudo.cli.build.BuiltVersion;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.cli.mesh.LocalLimits;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.policy.deployment.BuiltImage;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.deployment.SessionText;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenOrder;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Registers the sessions of a mesh, or writes them to files.
///
/// @param target the directory for output
record MeshApply(CliContext context, LoadedMesh mesh, Path target) {
  private static final String TOKENS_LATER =
      "no join tokens yet: run the same command again once the sessions are registered";

  /// Finds the images that were built.
  ///
  /// @param records the directory with the records of all images, if it is not `target` beside each
  ///     manifest
  /// @param fresh images that were built just now, by their names
  Map<PlannedService, BuiltVersion> find(Optional<Path> records, Map<String, BuiltVersion> fresh)
      throws IOException, CommandFailed {
    return BuiltImages.of(mesh, records, fresh);
  }

  /// Prints the images that were built, and returns them as the sessions name them.
  Map<String, BuiltImage> built(Map<PlannedService, BuiltVersion> found) {
    var images = new LinkedHashMap<String, BuiltImage>();
    var out = context.streams().out();
    found.forEach(
        (service, version) -> {
          images.put(service.name(), BuiltImages.inSession(version));
          out.println("image %s@%s".formatted(version.image(), version.digest()));
          out.println("  measurement:  " + version.measurement());
          version.stable().forEach(stable -> out.println("  stable:       " + stable));
        });
    return images;
  }

  /// Lays the images out for services that use the programs of this machine, and measures them.
  Map<String, BuiltImage> local() throws IOException, CommandFailed {
    new Findings(context.streams().err()).needNoErrors(mesh.limits(LocalLimits::ofFiles));
    var images = new LinkedHashMap<String, BuiltImage>();
    for (var service : mesh.plan().services()) {
      var planned = mesh.image(service.name());
      var measurement = new LocalImages(context, target).make(planned.recipe(), planned.copies());
      images.put(service.name(), BuiltImage.of(measurement));
    }
    return images;
  }

  /// Registers the sessions with a CAS, and creates join tokens for the services that need one. If
  /// the Meshfile says so, the sessions are only encrypted, for others to bring to CAS.
  ///
  /// @return the sessions that were encrypted
  Map<SessionName, EncryptedBundle> register(
      MeshCas cas, List<SessionText> sessions, Set<SessionHash> replaceable, JoinTokenOrder order)
      throws IOException, CommandFailed {
    var which = cas.which();
    try (var client = cas.client(which)) {
      var streams = context.streams();
      Files.createDirectories(target);
      var last = LastRegistered.in(target.resolve("registered"));
      var me = cas.options().me(context);
      var submission = submission(cas, client, which, me);
      var registration = new CasRegistration(client, which.key(), me.keyHash(), submission);
      new MeshSessions(registration, last, replaceable, streams.out(), streams.err())
          .submit(sessions);
      if (mesh.plan().needsJoinTokens()) {
        if (!submission.encrypted().isEmpty()) {
          streams.out().println(TOKENS_LATER);
        } else {
          new MeshTokens(client, target.resolve("tokens"), streams.out())
              .rotate(mesh.plan().services(), order);
        }
      }
      return submission.encrypted();
    }
  }

  private SessionSubmission submission(MeshCas cas, CasClient client, RunningCas which, Identity me)
      throws IOException, CommandFailed {
    return switch (cas.mode()) {
      case SIGNED_MANIFEST -> new SignedSubmission(client, signing(which, me));
      case ENCRYPTED_MANIFEST, ENCRYPTED_ONLY ->
          new EncryptedSubmission(signing(which, me), cas.encryptionKey(client));
      // Reading the Meshfile has refused the last one, and `NoUpload` does not come here.
      case UPLOAD, NO_UPLOAD, SIGN_ONLINE -> (_, yaml, _) -> client.createSession(yaml);
    };
  }

  private SignedBundles signing(RunningCas which, Identity me) throws IOException {
    var folder = PrivateFiles.directory(target.resolve("sessions"));
    return new SignedBundles(which.key(), me, folder, Instant.now());
  }

  /// Writes the sessions to files.
  void write(List<SessionText> sessions) throws IOException {
    var folder = PrivateFiles.directory(target.resolve("sessions"));
    for (var session : sessions) {
      var written = folder.resolve(session.name().value().replace('/', '-') + ".yaml");
      PrivateFiles.replace(written, session.yaml());
      context
          .streams()
          .out()
          .println("session %s written to %s".formatted(session.name(), written));
    }
  }
}
