//! The report as one page of HTML: figures and tables in it, each model as a calculator, every checklist. Nothing is asked of any
//! host, and nothing of a cohort's texts is taken for markup.

use super::chapters::{drawings, page};
use crate::message::english::report as page_words;
use crate::message::foreign::shown;
use crate::model::export::html::{POLICY, SCRIPT, STYLE, calculator, escaped};
use crate::study::checklist::{self, CHECKLISTS, Judged, judge, summary};
use crate::study::engine::Study;
use crate::study::page::{Block, Passage, passages};

/// How a report looks besides its calculators, on screen and in print.
const REPORT_STYLE: &str = include_str!("report.css");

/// What sorts its tables.
const SORT: &str = include_str!("sort.js");

/// The page, in the language of the study whatever that of the screens.
pub fn html(study: &Study) -> String {
    super::speaking(study, || write(&study.without_stale_results()))
}

fn write(study: &Study) -> String {
    let drawings = drawings(study);
    let pictures = drawings.iter().map(|drawing| drawing.picture.clone()).collect();
    let mut body = Body::default();
    for block in page(study, pictures).into_blocks() {
        match &block {
            Block::Picture(picture) => {
                let drawing = drawings.iter().find(|drawing| drawing.picture == *picture);
                body.figure(&picture.title, drawing.map_or("", |drawing| drawing.svg.as_str()));
            }
            Block::Text(_) | Block::Table { .. } => body.block(&block),
        }
    }
    calculators(study, &mut body);
    checklists(study, &mut body);
    let language = study.config().report_language;
    let title = escaped(&shown(&study.config().title));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n{POLICY}\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}{REPORT_STYLE}</style>\n</head>\n<body>\n<nav>\n<ul>\n{}</ul>\n</nav>\n<main>\n{}</main>\n<script>\n{SCRIPT}{SORT}</script>\n</body>\n</html>\n",
        body.contents, body.text
    )
}

/// Each model that is a formula, to be played with.
fn calculators(study: &Study, body: &mut Body) {
    let Some(fit) = study.results().fit() else {
        return;
    };
    body.heading(2, page_words::CALCULATOR.text());
    body.add("<p>The risk of a new patient by each model, as <code>radscore predict</code> computes it.</p>\n");
    for fitted in &fit.models {
        body.heading(3, &fitted.model.name);
        match calculator(&fitted.model) {
            Ok(part) => body.add(&format!("{part}\n")),
            Err(error) => body.add(&format!("<p>{}</p>\n", escaped(&error.to_string()))),
        }
    }
}

/// Every checklist, folded away below its count.
fn checklists(study: &Study, body: &mut Body) {
    body.heading(2, page_words::CHECKLISTS.text());
    for judged in judge(study, CHECKLISTS) {
        body.add(&format!(
            "<details>\n<summary>{}: {}</summary>\n",
            escaped(judged.title),
            escaped(&summary(&judged))
        ));
        body.list(&judged);
        body.add("</details>\n");
    }
}

/// The text of the page, and its table of contents.
#[derive(Default)]
struct Body {
    text: String,
    contents: String,
    headings: usize,
    figures: usize,
}

impl Body {
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn heading(&mut self, level: usize, words: &str) {
        self.headings += 1;
        let (number, words) = (self.headings, escaped(words));
        if level == 2 {
            self.contents
                .push_str(&format!("<li><a href=\"#h{number}\">{words}</a></li>\n"));
        }
        self.add(&format!("<h{level} id=\"h{number}\">{words}</h{level}>\n"));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text) => {
                for passage in passages(text) {
                    match passage {
                        Passage::Heading(level, words) => self.heading(level, words),
                        Passage::Remark(words) => self.add(&format!("<p class=\"remark\">{}</p>\n", prose(words))),
                        Passage::Lines(lines) => self.add(&format!("<pre>{}</pre>\n", escaped(lines))),
                        Passage::Prose(words) => self.add(&format!("<p>{}</p>\n", prose(words))),
                    }
                }
            }
            Block::Table { header, rows } => self.table(header, rows),
            Block::Picture(_) => {}
        }
    }

    fn table(&mut self, header: &[String], rows: &[Vec<String>]) {
        let cells = |name: &str, cells: &[String]| -> String {
            let all = cells
                .iter()
                .map(|cell| format!("<{name}>{}</{name}>", escaped(&shown(cell))));
            all.collect()
        };
        self.add(&format!(
            "<div class=\"wide\"><table class=\"sorts\">\n<thead><tr>{}</tr></thead>\n<tbody>\n",
            cells("th", header)
        ));
        for row in rows {
            self.add(&format!("<tr>{}</tr>\n", cells("td", row)));
        }
        self.add("</tbody>\n</table></div>\n");
    }

    /// A chart; the names that it gives to its own parts are made the page's own.
    fn figure(&mut self, title: &str, svg: &str) {
        self.figures += 1;
        let own = format!("frame{}", self.figures);
        let svg = svg
            .replace("id=\"frame\"", &format!("id=\"{own}\""))
            .replace("\"url(#frame)\"", &format!("\"url(#{own})\""));
        self.add(&format!(
            "<figure>\n{svg}<figcaption>{}</figcaption>\n</figure>\n",
            escaped(title)
        ));
    }

    fn list(&mut self, judged: &Judged) {
        // The list's own page without its title: what stands there once is not written twice.
        for block in checklist::page(judged).into_blocks() {
            match &block {
                Block::Text(text) => {
                    for passage in passages(text) {
                        if let Passage::Prose(words) = passage {
                            self.add(&format!("<p>{}</p>\n", prose(words)));
                        }
                    }
                }
                Block::Table { .. } | Block::Picture(_) => self.block(&block),
            }
        }
    }
}

/// Prose with what stands between backquotes as code.
fn prose(words: &str) -> String {
    words
        .split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => escaped(part),
            _ => format!("<code>{}</code>", escaped(part)),
        })
        .collect()
}
