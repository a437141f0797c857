//! What a study has found, as plain numbers: each chart's in a type of its own, so that another chart changes no struct.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{Figure, Label, Sheet};
use crate::message::Id;

/// The plain numbers of one chart, and the figure that is built from them.
pub trait Chart: Any + Send + Sync {
    /// The name on the command line
    const NAME: &'static str;
    /// One line about it
    const ABOUT: Id;
    /// The stage, or the command, that makes it possible
    const NEEDS: &'static str;
    /// Whether that is a stage
    const IS_STAGE: bool = true;
    /// The figure; `None` where there is nothing to draw.
    fn figure(&self) -> Option<Figure>;
}

/// What a study has found, as plain numbers; what is not there yet is empty.
#[derive(Clone, Default)]
pub struct Results {
    /// The numbers of every chart, each in its own type
    charts: Vec<Arc<dyn Any + Send + Sync>>,
    /// Table 1: the cases by set
    pub table1: Option<Sheet>,
    /// What every table and figure must say, such as rules that the study breaks knowingly
    pub labels: Vec<Label>,
    /// The stages whose results do not belong to the study as it is now, and what whatever comes from them must say
    pub stale: Vec<(&'static str, Label)>,
}

impl Results {
    /// Adds a chart's numbers; several of a kind stay in the order in which they come.
    pub fn put<C: Chart>(&mut self, input: C) {
        self.charts.push(Arc::new(input));
    }

    /// All of a kind.
    pub fn all<C: Chart>(&self) -> impl Iterator<Item = &C> {
        self.charts.iter().filter_map(|input| input.downcast_ref())
    }

    /// The first of a kind.
    pub fn first<C: Chart>(&self) -> Option<&C> {
        self.all().next()
    }

    /// The one of a kind at a position.
    pub fn nth<C: Chart>(&self, position: usize) -> Option<&C> {
        self.all().nth(position)
    }

    /// What every table and figure that comes from a stage must say; without a stage, what holds for the whole study.
    pub fn labels_of(&self, stage: Option<&str>) -> Vec<Label> {
        let stale = self.stale.iter().filter(|(of, _)| Some(*of) == stage);
        self.labels
            .iter()
            .chain(stale.map(|(_, label)| label))
            .cloned()
            .collect()
    }

    /// How many there are of a kind.
    pub fn count<C: Chart>(&self) -> usize {
        self.all::<C>().count()
    }
}

impl fmt::Debug for Results {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter
            .debug_struct("Results")
            .field("charts", &self.charts.len())
            .field("table1", &self.table1)
            .field("labels", &self.labels)
            .field("stale", &self.stale)
            .finish()
    }
}
