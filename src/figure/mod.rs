//! What a chart shows: scales, marks and a legend, without colours and without cells.
