//! What a fitted or published model is: terms, scaler, coefficients, cut-off, settings, provenance.
