package dev.testudo.cas.http;

import dev.testudo.cas.attestation.Attestation;
import dev.testudo.cas.session.Deletions;
import dev.testudo.cas.session.PublicValues;
import dev.testudo.cas.session.RefusalReasons;
import dev.testudo.cas.session.Sessions;
import dev.testudo.cas.token.JoinTokens;

/// What requests ask for: one service of CAS for each kind of route.
public record CasServices(
    Sessions sessions,
    Deletions deletions,
    PublicValues values,
    Attestation attestation,
    JoinTokens tokens,
    RefusalReasons reasons) {}
