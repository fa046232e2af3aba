package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.text.LineDifference;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Bundles in files, and what people see of them before they sign.
final class BundleFile {
  private static final int MOST_LINES = 2000;

  private BundleFile() {}

  static SessionBundle read(Path file) throws IOException, CommandFailed {
    var bytes = bytes(file);
    if (EncryptedBundle.isEncrypted(bytes)) {
      throw CommandFailed.input(
          "%s is encrypted, and only its CAS can read it; use the bundle that it was made of"
              .formatted(file));
    }
    try {
      return SessionBundle.decode(bytes);
    } catch (MessageException e) {
      throw CommandFailed.input("%s is not a bundle: %s".formatted(file, e.getMessage()));
    }
  }

  /// Returns an encrypted bundle, or nothing if the file has one in clear.
  static Optional<EncryptedBundle> encrypted(Path file) throws IOException, CommandFailed {
    var bytes = bytes(file);
    if (!EncryptedBundle.isEncrypted(bytes)) {
      return Optional.empty();
    }
    try {
      return Optional.of(EncryptedBundle.decode(bytes));
    } catch (MessageException e) {
      throw CommandFailed.input(
          "%s is not an encrypted bundle: %s".formatted(file, e.getMessage()));
    }
  }

  private static byte[] bytes(Path file) throws IOException, CommandFailed {
    if (Files.size(file) > EncryptedBundle.LIMIT) {
      throw CommandFailed.input("%s is too long for a bundle".formatted(file));
    }
    return Files.readAllBytes(file);
  }

  /// Encrypts a bundle, writes the result, and returns it.
  static EncryptedBundle writeEncrypted(Path file, SessionBundle bundle, EncryptionPublicKey key)
      throws IOException, CommandFailed {
    try {
      var encrypted = EncryptedBundle.of(bundle, key);
      PrivateFiles.replace(file, encrypted.encode());
      return encrypted;
    } catch (PkiException e) {
      throw CommandFailed.input("the bundle is not encrypted: " + e.getMessage());
    }
  }

  /// Writes a bundle for this user alone: it contains the session's text.
  static void write(Path file, SessionBundle bundle) throws IOException {
    PrivateFiles.replace(file, bundle.encode());
  }

  /// Returns the active session of a name, if there is one.
  static Optional<SessionReply> active(CasClient client, String name)
      throws IOException, CommandFailed {
    try {
      var active = client.readSession(name);
      if (!SessionHash.of(active.creator(), active.yaml()).hex().equals(active.hash())) {
        throw CommandFailed.environment(
            "the hash of session `%s` in CAS is not that of its text".formatted(name));
      }
      return Optional.of(active);
    } catch (CasException e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Fails if the bundle is for another CAS than the one that the caller has selected.
  static void demandCas(SessionBundle bundle, KeyHash selected) throws CommandFailed {
    if (!bundle.message().cas().equals(selected)) {
      throw CommandFailed.refused(
          "the bundle is for the CAS with key %s, and you have selected the one with key %s"
              .formatted(bundle.message().cas(), selected));
    }
  }

  /// Returns what a bundle is for and who has signed it, without the text of the session.
  ///
  /// @param file where the bundle is
  static JsonBuilder json(Path file, SessionBundle bundle) {
    var message = bundle.message();
    return new JsonBuilder()
        .put("bundle", file.toString())
        .put("session", message.session().value())
        .put("cas", message.cas().text())
        .put("predecessor", message.predecessor().map(SessionHash::hex))
        .put("hash", message.hash().hex())
        .put("creator", bundle.creator().text())
        .put("expires", message.expires().toString())
        .put("signers", bundle.verified().stream().map(KeyHash::text).toList());
  }

  /// Prints what a signer of the bundle agrees to.
  ///
  /// @param active the session that CAS has now
  static void show(CliContext context, SessionBundle bundle, Optional<SessionReply> active) {
    var out = context.streams().out();
    var message = bundle.message();
    out.println("session " + message.session());
    out.println("cas " + message.cas());
    out.println("predecessor " + message.predecessor().map(SessionHash::hex).orElse("none"));
    out.println("hash " + message.hash());
    out.println("creator " + bundle.creator());
    out.println("expires " + message.expires());
    var before = active.map(SessionReply::yaml).orElse("");
    for (var line : LineDifference.between(before, bundle.yaml(), MOST_LINES)) {
      out.println(Printable.of(line));
    }
  }
}
