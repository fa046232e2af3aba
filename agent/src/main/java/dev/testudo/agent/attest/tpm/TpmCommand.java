package dev.testudo.agent.attest.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A command of a TPM 2.0, encoded part by part, in the order: handles, authorisation, parameters.
/// Integers are big endian.
///
/// Source: TCG, Trusted Platform Module Library, parts 1 (section 18) and 3.
final class TpmCommand {
  private static final short NO_SESSIONS = (short) 0x8001;
  private static final short SESSIONS = (short) 0x8002;
  private static final int HEADER = 10;
  private static final int MOST_ATTEMPTS = 4;

  /// `TPM_RS_PW`: authorisation with a password, which is empty here.
  private static final int PASSWORD = 0x4000_0009;

  /// Handle, empty nonce, attributes, empty password.
  private static final int AUTHORISATION_SIZE = 4 + 2 + 1 + 2;

  private final String name;
  private final ByteBuffer bytes = ByteBuffer.allocate(TpmTransport.LIMIT);
  private boolean authorised;
  private boolean hasHandle;

  /// @param name the command's name, for messages
  TpmCommand(String name, int code) {
    this.name = name;
    bytes.putShort(NO_SESSIONS).putInt(0).putInt(code);
  }

  TpmCommand u16(int value) {
    bytes.putShort((short) value);
    return this;
  }

  TpmCommand u32(int value) {
    bytes.putInt(value);
    return this;
  }

  TpmCommand bytes(byte... value) {
    bytes.put(value);
    return this;
  }

  /// Appends bytes with their length before them (`TPM2B`).
  TpmCommand sized(byte[] value) {
    return u16(value.length).bytes(value);
  }

  /// Appends the authorisation with an empty password, for the handles before it.
  TpmCommand emptyPassword() {
    authorised = true;
    bytes.putShort(0, SESSIONS);
    return u32(AUTHORISATION_SIZE).authorisation(PASSWORD);
  }

  /// Appends the authorisation for two handles: an empty password, and a session of a policy, which
  /// ends with the command.
  TpmCommand emptyPasswordAnd(int session) {
    authorised = true;
    bytes.putShort(0, SESSIONS);
    return u32(2 * AUTHORISATION_SIZE).authorisation(PASSWORD).authorisation(session);
  }

  private TpmCommand authorisation(int session) {
    return u32(session).u16(0).bytes((byte) 0).u16(0);
  }

  /// Says that the response begins with a handle.
  TpmCommand withHandle() {
    hasHandle = true;
    return this;
  }

  /// Sends the command and returns the parameters of the response, at their first byte. Repeats it
  /// if the TPM asks for that, as it does after it has written to its memory.
  ///
  /// @throws TpmException if the TPM refuses
  /// @throws IOException if the response is malformed
  TpmResponse send(TpmTransport tpm) throws IOException {
    bytes.putInt(2, bytes.position());
    var command = Arrays.copyOf(bytes.array(), bytes.position());
    for (var attempt = 1; ; attempt++) {
      try {
        return response(ByteBuffer.wrap(tpm.exchange(command)));
      } catch (TpmException e) {
        if (e.code() != TpmException.RETRY || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private TpmResponse response(ByteBuffer response) throws IOException {
    if (response.limit() < HEADER) {
      throw malformed();
    }
    short tag = response.getShort();
    int size = response.getInt();
    int code = response.getInt();
    if (size != response.limit()) {
      throw malformed();
    }
    if (code != 0) {
      throw new TpmException(name, code);
    }
    if (hasHandle && response.remaining() < 4) {
      throw malformed();
    }
    int handle = hasHandle ? response.getInt() : 0;
    return new TpmResponse(name, handle, parameters(tag, response));
  }

  /// Returns the parameters. With sessions, their length comes before them, and what the sessions
  /// have to say after them.
  private ByteBuffer parameters(short tag, ByteBuffer response) throws IOException {
    if (tag != (authorised ? SESSIONS : NO_SESSIONS)) {
      throw malformed();
    }
    if (!authorised) {
      return response.slice();
    }
    int length = response.remaining() < 4 ? -1 : response.getInt();
    if (length < 0 || length > response.remaining()) {
      throw malformed();
    }
    return response.slice(response.position(), length);
  }

  private IOException malformed() {
    return new IOException("the response of the TPM to %s is malformed".formatted(name));
  }
}
