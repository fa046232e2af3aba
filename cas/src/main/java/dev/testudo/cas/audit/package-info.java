/// What CAS did, in an order nobody can change unnoticed.
package dev.testudo.cas.audit;
