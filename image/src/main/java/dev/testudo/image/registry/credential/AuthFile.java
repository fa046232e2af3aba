package dev.testudo.image.registry.credential;

import dev.testudo.image.registry.credential.RegistryCredential.IdentityToken;
import dev.testudo.image.registry.credential.RegistryCredential.Password;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A file of credentials in Docker's format (containers-auth.json(5)).
///
/// @param file where it is
/// @param entries the credentials by `HOST[:PORT][/PATH]`; entries without a value are left out
/// @param helpers the name of the credential helper by `HOST[:PORT]`
/// @param store the helper for all other hosts
record AuthFile(
    Path file,
    Map<String, RegistryCredential> entries,
    Map<String, String> helpers,
    Optional<String> store) {
  /// The most bytes of a file.
  static final int LIMIT = 1 << 20;

  AuthFile {
    entries = Map.copyOf(entries);
    helpers = Map.copyOf(helpers);
  }

  /// Reads `file`; returns empty if there is none.
  ///
  /// @throws CredentialException if it cannot be read or is malformed
  static Optional<AuthFile> read(Path file) throws CredentialException {
    try (var in = Files.newInputStream(file)) {
      return Optional.of(parse(file, in.readNBytes(LIMIT + 1)));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (MessageException e) {
      throw new CredentialException(
          file.toString(),
          "the credentials in `%s` are malformed: %s".formatted(file, e.getMessage()));
    } catch (CredentialException e) {
      throw e;
    } catch (IOException e) {
      throw new CredentialException(
          file.toString(), "the credentials in `%s` cannot be read".formatted(file));
    }
  }

  private static AuthFile parse(Path file, byte[] bytes)
      throws MessageException, CredentialException {
    var members = JsonMembers.of(Json.read(bytes, LIMIT), "credentials");
    var entries = new LinkedHashMap<String, RegistryCredential>();
    if (members.optional("auths").orElse(new JsonObject(Map.of()))
        instanceof JsonObject(var auths)) {
      for (var auth : auths.entrySet()) {
        var entry = entry(file, auth.getKey(), JsonMembers.of(auth.getValue(), "auths"));
        entry.ifPresent(found -> entries.put(auth.getKey(), found));
      }
    }
    return new AuthFile(
        file,
        entries,
        members.has("credHelpers") ? members.textMap("credHelpers") : Map.of(),
        members.optionalText("credsStore").filter(name -> !name.isEmpty()));
  }

  private static Optional<RegistryCredential> entry(Path file, String key, JsonMembers members)
      throws MessageException, CredentialException {
    var token = members.optionalText("identitytoken").filter(text -> !text.isEmpty());
    if (token.isPresent()) {
      return Optional.of(new IdentityToken(Secret.ofText(token.get())));
    }
    var auth = members.optionalText("auth").filter(text -> !text.isEmpty());
    if (auth.isPresent()) {
      return Optional.of(password(file, key, auth.get()));
    }
    var user = members.optionalText("username").filter(text -> !text.isEmpty());
    var password = members.optionalText("password");
    return user.isPresent() && password.isPresent()
        ? Optional.of(new Password(user.get(), Secret.ofText(password.get())))
        : Optional.empty();
  }

  /// Decodes `auth`: base64 of user, colon and password. Docker has written zeros at the end.
  private static Password password(Path file, String key, String auth) throws CredentialException {
    try {
      var text = new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8);
      var colon = text.indexOf(':');
      if (colon > 0) {
        var password = text.substring(colon + 1).replaceFirst("\0+$", "");
        return new Password(text.substring(0, colon), Secret.ofText(password));
      }
    } catch (IllegalArgumentException e) {
      // The exception would quote a part of the value.
    }
    throw new CredentialException(
        file.toString(),
        "the entry `%s` of `%s` is not base64 of `USER:PASSWORD`; log in again"
            .formatted(key, file));
  }
}
