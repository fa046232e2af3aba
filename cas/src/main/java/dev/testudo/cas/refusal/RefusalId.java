package dev.testudo.cas.refusal;

import java.util.Locale;

/// Stable names of refusals and the HTTP status each is answered with.
public enum RefusalId {
  /// The request is not what its format says.
  MALFORMED_REQUEST(400),
  /// The session has mistakes.
  INVALID_SESSION(400),
  /// There is no client certificate where one is needed.
  CERTIFICATE_NEEDED(401),
  /// The caller has no right to this.
  NOT_PERMITTED(403),
  /// Evidence, token or nonce does not satisfy the policy.
  ATTESTATION_REFUSED(403),
  /// A secret the service needs cannot be had.
  SECRET_UNAVAILABLE(403),
  /// No such session.
  UNKNOWN_SESSION(404),
  /// No such service in the session.
  UNKNOWN_SERVICE(404),
  /// No such public value.
  UNKNOWN_VALUE(404),
  /// No such join token.
  UNKNOWN_TOKEN(404),
  /// No such refused request, or none of the caller's business.
  UNKNOWN_REQUEST(404),
  /// No such resource.
  UNKNOWN_PATH(404),
  /// The resource does not have this method.
  METHOD_NOT_ALLOWED(405),
  /// The request does not arrive.
  TOO_SLOW(408),
  /// The session exists and no predecessor is named.
  SESSION_EXISTS(409),
  /// It would change nothing, whatever the caller may think.
  WITHOUT_EFFECT(409),
  /// Others depend on the session.
  SESSION_IN_USE(409),
  /// The named predecessor is not the active session.
  WRONG_PREDECESSOR(409),
  /// The namespace is not the expected one.
  WRONG_NAMESPACE(409),
  /// The request is longer than allowed.
  TOO_LARGE(413),
  /// There is no space for what CAS would have to keep.
  DISK_FULL(507),
  /// CAS holds as much as it may.
  FULL(507),
  /// A creator, or all strangers in a namespace, keep as much as they may.
  QUOTA_EXCEEDED(507),
  /// CAS is doing as much as it may; try again.
  BUSY(503),
  /// What the session needs changed while its keys were made; try again.
  PLAN_CHANGED(503),
  /// CAS failed; its log says how.
  INTERNAL_ERROR(500);

  private final int status;

  RefusalId(int status) {
    this.status = status;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }

  /// The name on the wire: `wrong-predecessor`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
